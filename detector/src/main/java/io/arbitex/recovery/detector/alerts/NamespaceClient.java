package io.arbitex.recovery.detector.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pull delivery of an Event Grid namespace, REST api-version 2024-06-01. */
final class NamespaceClient {
  private static final String VERSION = "?api-version=2024-06-01";

  /** An event is at most 1 MiB; this many of them are asked for. */
  private static final int EVENTS = 16;

  private static final int LARGEST = (EVENTS + 1) * 1024 * 1024;

  /** How long the namespace may wait for an event before it answers that there is none. */
  private static final int WAIT_SECONDS = 10;

  private static final Duration LIMIT = Duration.ofSeconds(WAIT_SECONDS + 10);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * An event that is locked for this receiver.
   *
   * @param event as JSON
   */
  record Locked(String lockToken, String event) {}

  private final ReceiverSettings.Pull settings;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(5))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  NamespaceClient(ReceiverSettings.Pull settings) {
    this.settings = settings;
  }

  /**
   * Waits up to 10 s for events and locks them.
   *
   * @throws IOException when the namespace does not answer as it should
   * @throws InterruptedException when interrupted meanwhile
   */
  List<Locked> receive() throws IOException, InterruptedException {
    JsonNode answer =
        post("receive", "&maxEvents=" + EVENTS + "&maxWaitTime=" + WAIT_SECONDS, new byte[0]);
    List<Locked> events = new ArrayList<>();
    for (JsonNode each : answer.path("value")) {
      String token = each.path("brokerProperties").path("lockToken").asText();
      if (token.isEmpty()) {
        throw new IOException("the namespace hands out an event without a lockToken");
      }
      events.add(new Locked(token, MAPPER.writeValueAsString(each.path("event"))));
    }
    return events;
  }

  /** The event is kept; the namespace may forget it. */
  void acknowledge(String lockToken) throws IOException, InterruptedException {
    settle("acknowledge", "", lockToken);
  }

  /**
   * The event was not kept; the namespace hands it out again, a minute later. It counts how often
   * it has (10 times by default) and drops it then: without the wait an outage of Kafka of a minute
   * would use that up.
   */
  void release(String lockToken) throws IOException, InterruptedException {
    settle("release", "&releaseDelayInSeconds=60", lockToken);
  }

  private void settle(String how, String parameters, String lockToken)
      throws IOException, InterruptedException {
    JsonNode answer =
        post(how, parameters, MAPPER.writeValueAsBytes(Map.of("lockTokens", List.of(lockToken))));
    if (!answer.path("failedLockTokens").isEmpty()) {
      throw new IOException(
          "the namespace did not "
              + how
              + " an event; it will hand it out again, which is harmless");
    }
  }

  private JsonNode post(String what, String parameters, byte[] body)
      throws IOException, InterruptedException {
    URI address =
        URI.create(
            "%s/topics/%s/eventsubscriptions/%s:%s%s%s"
                .formatted(
                    settings.endpoint().toString().replaceAll("/+$", ""),
                    settings.topic(),
                    settings.subscription(),
                    what,
                    VERSION,
                    parameters));
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(LIMIT)
            .header("Authorization", "SharedAccessKey " + settings.key().resolve())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<InputStream> answer =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      byte[] read = in.readNBytes(LARGEST + 1);
      if (answer.statusCode() / 100 != 2) {
        String start = new String(read, 0, Math.min(read.length, 200), StandardCharsets.UTF_8);
        throw new IOException(
            "%s answers %d to %s: %s"
                .formatted(
                    settings.endpoint(),
                    answer.statusCode(),
                    what,
                    start.strip().replaceAll("\\s+", " ")));
      }
      if (read.length > LARGEST) {
        throw new IOException(
            settings.endpoint() + " answers with more than " + LARGEST + " bytes");
      }
      return MAPPER.readTree(read);
    }
  }
}
