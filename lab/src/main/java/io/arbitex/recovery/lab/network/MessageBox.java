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

/** Keeps Slack-shaped messages, in memory and one a line in a file. */
final class MessageBox {
  private static final ObjectMapper JSON = new ObjectMapper();

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
    return Optional.empty();
  }

  synchronized byte[] list() throws IOException {
    ArrayNode all = JSON.createArrayNode();
    all.addAll(messages);
    return JSON.writeValueAsBytes(all);
  }
}
