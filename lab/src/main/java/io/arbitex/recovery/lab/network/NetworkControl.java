package io.arbitex.recovery.lab.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Speaks to the network's process. */
public final class NetworkControl {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final URI control;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  public NetworkControl(URI control) {
    this.control = control;
  }

  /**
   * A message that was sent to people.
   *
   * @param receivedAt ISO 8601
   * @param text its text field, empty when it has blocks only
   * @param body the whole message
   */
  public record Message(String receivedAt, String channel, String text, JsonNode body) {}

  /** Changes a path; returns when it does what was asked. */
  public void set(String path, PathState state) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(control.resolve("/paths/" + path + "?state=" + state.word()))
            .timeout(LIMIT)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    send(request);
  }

  /** All messages so far, oldest first. */
  public List<Message> messages() throws IOException, InterruptedException {
    JsonNode all =
        JSON.readTree(
            send(HttpRequest.newBuilder(control.resolve("/messages")).timeout(LIMIT).build()));
    List<Message> messages = new ArrayList<>();
    for (JsonNode each : all) {
      messages.add(
          new Message(
              each.path("receivedAt").asText(),
              each.path("channel").asText(),
              each.path("message").path("text").asText(),
              each.path("message")));
    }
    return messages;
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          request.uri() + " answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }
}
