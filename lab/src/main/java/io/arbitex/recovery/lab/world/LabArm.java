package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Requests to the lab's Azure as any REST client makes them. Paths and bodies are those of Azure's
 * published specification.
 */
final class LabArm {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration OPERATION_LIMIT = Duration.ofMinutes(2);

  private final URI endpoint;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  LabArm(URI endpoint) {
    this.endpoint = endpoint;
  }

  /** The path of a resource of the platform's resource group. */
  static String path(String provider) {
    return "/subscriptions/"
        + LabAzureCloud.SUBSCRIPTION
        + "/resourceGroups/"
        + LabAzureCloud.GROUP
        + "/providers/"
        + provider;
  }

  /** What a request was answered; {@code operation} is where its end is told. */
  record Answer(JsonNode body, Optional<URI> operation) {}

  /**
   * @throws LabFailure when there is no such resource, too
   */
  JsonNode get(String path, String version) throws IOException, InterruptedException {
    return send("GET", path, version, "").body();
  }

  /** Orders a resource; it may take long to be there. */
  Answer put(String path, String version, String body) throws IOException, InterruptedException {
    return send("PUT", path, version, body);
  }

  /** Asks for an action; it may take long to be done. */
  Answer post(String path, String version, String body) throws IOException, InterruptedException {
    return send("POST", path, version, body);
  }

  private Answer send(String method, String path, String version, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.resolve(path + "?api-version=" + version)).timeout(LIMIT);
    request.method(
        method,
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    request.header("Content-Type", "application/json");
    return answer(method + " " + path, request.build());
  }

  private Answer answer(String what, HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 400) {
      throw new LabFailure(
          "Azure answers %s with %d: %s".formatted(what, answer.statusCode(), answer.body()));
    }
    return new Answer(
        JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body()),
        answer.headers().firstValue("Azure-AsyncOperation").map(URI::create));
  }

  /**
   * Waits until something that was ordered is done; returns its operation's last status.
   *
   * @param what in words, for the failure
   * @throws LabFailure when it has failed, or takes too long
   */
  JsonNode await(String what, Answer ordered) throws IOException, InterruptedException {
    if (ordered.operation().isEmpty()) {
      return ordered.body();
    }
    HttpRequest look = HttpRequest.newBuilder(ordered.operation().get()).timeout(LIMIT).build();
    return awaitState(what, () -> answer(what, look).body(), "/status", "Succeeded");
  }

  /** A look at something that changes. */
  interface Look {
    JsonNode look() throws IOException, InterruptedException;
  }

  /**
   * Waits until a state is no longer InProgress.
   *
   * @param pointer to the state in what is looked at
   * @throws LabFailure when it is another than the wanted one then
   */
  JsonNode awaitState(String what, Look look, String pointer, String wanted)
      throws InterruptedException {
    JsonNode[] last = {JSON.createObjectNode()};
    Waiting.until(
        what,
        OPERATION_LIMIT,
        () -> {
          last[0] = look.look();
          return !last[0].at(pointer).asText().equalsIgnoreCase("InProgress");
        },
        () -> "");
    if (!last[0].at(pointer).asText().equals(wanted)) {
      throw new LabFailure(what + ": " + last[0]);
    }
    return last[0];
  }
}
