package io.arbitex.recovery.lab.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps messages to people, in memory and one a line in a file. */
final class MessageBox {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> ACTIONS = List.of("trigger", "acknowledge", "resolve");

  private final Path file;
  private final Clock clock;
  private final List<ObjectNode> messages = new ArrayList<>();

  MessageBox(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Takes a message.
   *
   * @return what is wrong with it, as Slack says it: a message needs text, blocks or attachments
   */
  synchronized Optional<String> take(String channel, byte[] body) throws IOException {
    JsonNode message;
    try {
      message = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return Optional.of("invalid_payload");
    }
    if (message == null
        || !(message.path("text").isTextual()
            || message.path("blocks").isArray()
            || message.path("attachments").isArray())) {
      return Optional.of("no_text");
    }
    keep(channel, message);
    return Optional.empty();
  }

  /**
   * Takes an event of a page, as PagerDuty's Events API v2 has it. Its routing key is not kept.
   *
   * @return what is wrong with it
   */
  synchronized Optional<String> takeEvent(String channel, byte[] body) throws IOException {
    JsonNode event;
    try {
      event = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return Optional.of("the body is no JSON");
    }
    if (!(event instanceof ObjectNode page)
        || page.path("routing_key").asText().isEmpty()
        || page.path("dedup_key").asText().isEmpty()
        || !ACTIONS.contains(page.path("event_action").asText())) {
      return Optional.of(
          "routing_key, dedup_key and an event_action of " + ACTIONS + " are needed");
    }
    page.remove("routing_key");
    keep(channel, page);
    return Optional.empty();
  }

  private void keep(String channel, JsonNode message) throws IOException {
    ObjectNode kept = JSON.createObjectNode();
    kept.put("receivedAt", clock.instant().toString());
    kept.put("channel", channel);
    kept.set("message", message);
    messages.add(kept);
    Files.writeString(
        file,
        JSON.writeValueAsString(kept) + "\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  synchronized byte[] list() throws IOException {
    ArrayNode all = JSON.createArrayNode();
    all.addAll(messages);
    return JSON.writeValueAsBytes(all);
  }
}
