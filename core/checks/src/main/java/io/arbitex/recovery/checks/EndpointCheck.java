package io.arbitex.recovery.checks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks the platform's own endpoints. */
public final class EndpointCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client;
  private final Duration timeout;

  /**
   * @param timeout for a whole answer
   */
  public EndpointCheck(Duration timeout) {
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * An answer.
   *
   * @param body a missing node when it is not JSON
   */
  public record Answer(int status, JsonNode body) {}

  /**
   * GETs an address.
   *
   * @param bearerToken sent as Authorization; never in a message
   * @throws IOException when there is no whole answer in time
   */
  public Answer get(URI address, Optional<String> bearerToken)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).timeout(timeout).header("Accept", "application/json").GET();
    bearerToken.ifPresent(token -> request.header("Authorization", "Bearer " + token));
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), json(response.body()));
  }

  /** PASS when the address answers 200. Check: {@code health:ADDRESS}. */
  public CheckResult health(URI address) throws InterruptedException {
    String check = "health:" + address;
    try {
      Answer answer = get(address, Optional.empty());
      return CheckResult.of(
          check, answer.status() == 200, "status 200", "status " + answer.status());
    } catch (IOException e) {
      return CheckResult.error(check, "status 200", "no answer: " + e);
    }
  }

  /**
   * PASS when the platform's own check of its audit chain answers 200 and {@code chain_valid} true.
   * Check: {@code platform-audit-verify}.
   */
  public CheckResult auditVerify(URI address, String adminToken) throws InterruptedException {
    String check = "platform-audit-verify";
    String expected = "status 200, chain_valid true";
    try {
      Answer answer = get(address, Optional.of(adminToken));
      JsonNode valid = answer.body().path("chain_valid");
      return CheckResult.of(
          check,
          answer.status() == 200 && valid.isBoolean() && valid.booleanValue(),
          expected,
          "status "
              + answer.status()
              + ", chain_valid "
              + (valid.isMissingNode() ? "absent" : valid.asText()));
    } catch (IOException e) {
      return CheckResult.error(check, expected, "no answer: " + e);
    }
  }

  private static JsonNode json(String body) {
    try {
      JsonNode node = JSON.readTree(body);
      return node == null ? MissingNode.getInstance() : node;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
