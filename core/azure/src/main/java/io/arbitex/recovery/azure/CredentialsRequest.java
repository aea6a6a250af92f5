package io.arbitex.recovery.azure;

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
import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.NoSuchCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;

/**
 * Asks Azure for the user credentials of one managed cluster. It changes nothing, so it may be sent
 * again.
 *
 * @param group resource group of the cluster
 */
record CredentialsRequest(Azure azure, String group, String name) {
  private static final String VERSION = "2025-09-01";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By this name the library's client takes the limit of one request. */
  private static final String RESPONSE_TIMEOUT = "azure-response-timeout";

  /** Of one try; the pipeline tries a few times. */
  private static final Duration TRY = Duration.ofSeconds(5);

  private static final int NOT_FOUND = 404;

  /** Azure's words for a resource that is not there; not for its group or subscription. */
  private static final Set<String> GONE = Set.of("ResourceNotFound", "NotFound");

  /**
   * The content of a kubeconfig.
   *
   * @throws NoSuchCluster when Azure says that there is none of that name
   * @throws IOException when Azure gives none or does not answer; never with what it has given
   */
  String send(HttpPipeline way) throws IOException {
    HttpRequest request = new HttpRequest(HttpMethod.POST, address());
    request.setHeader(HttpHeaderName.ACCEPT, "application/json");
    try (HttpResponse response = way.sendSync(request, new Context(RESPONSE_TIMEOUT, TRY))) {
      JsonNode body = read(String.valueOf(response.getBodyAsBinaryData()));
      if (response.getStatusCode() >= 300) {
        throw refusal(response.getStatusCode(), body.path("error"));
      }
      return content(body.at("/kubeconfigs/0/value").asText(""));
    } catch (RuntimeException e) {
      throw new IOException(this + ": Azure does not answer: " + root(e), e);
    }
  }

  private String address() {
    return azure.endpoint()
        + "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.ContainerService"
            .formatted(azure.subscription(), group)
        + "/managedClusters/%s/listClusterUserCredential?api-version=%s".formatted(name, VERSION);
  }

  private IOException refusal(int status, JsonNode error) {
    String code = error.path("code").asText("");
    if (status == NOT_FOUND && GONE.contains(code)) {
      return new NoSuchCluster(
          "Azure has no cluster " + name + " in the resource group " + group + " (" + code + ")");
    }
    // A 404 in other words may be a gateway's, or of a group that is misspelt.
    return new IOException(
        "%s: Azure gives none: HTTP %d, %s: %s"
            .formatted(this, status, code, firstLine(error.path("message").asText(""))));
  }

  private String content(String encoded) throws IOException {
    try {
      String content = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      if (!content.isBlank()) {
        return content;
      }
    } catch (IllegalArgumentException e) {
      // Its message is of no use, and might quote what must not be told.
      throw new IOException(this + ": Azure gives what is no kubeconfig");
    }
    throw new IOException(this + ": Azure gives none, though it does not refuse");
  }

  private static JsonNode read(String text) {
    try {
      JsonNode read = JSON.readTree(text);
      return read == null ? MissingNode.getInstance() : read;
    } catch (JsonProcessingException e) {
      // Whoever stands in between answers with pages; the status says what it means.
      return MissingNode.getInstance();
    }
  }

  private static String root(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null
        ? root.getClass().getSimpleName()
        : firstLine(root.getMessage());
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  @Override
  public String toString() {
    return "Azure's user credentials of the cluster " + name;
  }
}
