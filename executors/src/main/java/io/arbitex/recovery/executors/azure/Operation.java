package io.arbitex.recovery.executors.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.net.URI;
import java.time.Duration;

/**
 * A long-running operation, known by its address alone: that is what is journalled before it is
 * waited for, so that the wait goes on in another process.
 */
final class Operation {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** Azure's own clients ask every 30 s where the service names nothing. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final HttpPipeline pipeline;
  private final URI address;

  /**
   * @param address as Azure gave it
   * @throws ActionFailure UNKNOWN for one that leads to another host than the subscription's: no
   *     token is sent there
   */
  Operation(AzureAccess access, String address) throws ActionFailure {
    this.pipeline = access.pipeline();
    this.address = URI.create(address);
    URI known = access.settings().endpoint();
    if (!known.getAuthority().equalsIgnoreCase(this.address.getAuthority())) {
      throw ActionFailure.permanent(
          FailureCode.UNKNOWN,
          "the operation's address leads to "
              + this.address.getAuthority()
              + " instead of "
              + known.getAuthority(),
          "See what stands between the executor and Azure.");
    }
  }

  /** How far an operation is. */
  enum Course {
    UNDER_WAY,
    SUCCEEDED,
    FAILED,
    /** Azure no longer knows it: the resource itself tells what became of it. */
    FORGOTTEN
  }

  /**
   * What Azure says of it.
   *
   * @param code of the error, as Azure names it; empty where there is none
   * @param reason in Azure's words; empty where there is none
   * @param again how long to wait before asking again
   * @param properties what it gives at its end; a missing node where it gives nothing
   */
  record Status(Course course, String code, String reason, Duration again, JsonNode properties) {}

  /**
   * Asks.
   *
   * @throws ActionFailure when Azure does not say
   */
  Status ask() throws ActionFailure, InterruptedException {
    HttpRequest request =
        new HttpRequest(HttpMethod.GET, address.toString())
            .setHeader(HttpHeaderName.ACCEPT, "application/json");
    try (HttpResponse response = pipeline.sendSync(request, Context.NONE)) {
      String body = response.getBodyAsBinaryData().toString();
      int status = response.getStatusCode();
      if (status == 404 || status == 410) {
        return new Status(Course.FORGOTTEN, "", "", SHORTEST, MissingNode.getInstance());
      }
      if (status >= 300) {
        throw refused(status);
      }
      return read(body, again(response.getHeaderValue(HttpHeaderName.RETRY_AFTER)));
    } catch (JsonProcessingException e) {
      throw new ActionFailure(
          FailureCode.TARGET_UNREACHABLE,
          "what Azure says of an operation cannot be read",
          "See what stands between the executor and Azure.",
          true,
          e);
    } catch (RuntimeException e) {
      throw AzureErrors.of("ask how far the operation is", e);
    }
  }

  private static Status read(String body, Duration again) throws JsonProcessingException {
    JsonNode document = JSON.readTree(body);
    String said = document.path("status").asText();
    JsonNode error = document.path("error");
    Course course =
        switch (said) {
          case "Succeeded" -> Course.SUCCEEDED;
          case "Failed", "Canceled" -> Course.FAILED;
          default -> Course.UNDER_WAY;
        };
    String code = error.path("code").asText(course == Course.FAILED ? said : "");
    return new Status(
        course, code, error.path("message").asText(""), again, document.path("properties"));
  }

  private static Duration again(String retryAfter) {
    if (retryAfter == null || !retryAfter.matches("\\d{1,6}")) {
      return LONGEST;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(retryAfter));
    if (asked.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }

  private static ActionFailure refused(int status) {
    boolean passing = status == 408 || status == 429 || status >= 500;
    return new ActionFailure(
        passing ? FailureCode.TARGET_UNREACHABLE : FailureCode.AUTHENTICATION,
        "Azure does not say how far the operation is: HTTP " + status,
        passing
            ? "See the status of Azure's Resource Manager."
            : "Give the pipeline's identity the role that docs/azure.md names for this.",
        passing,
        null);
  }
}
