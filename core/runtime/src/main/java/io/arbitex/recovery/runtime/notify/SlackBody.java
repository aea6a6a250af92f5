package io.arbitex.recovery.runtime.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A message as Slack's incoming webhooks take it: a plain text for notifications, blocks for the
 * channel, and metadata by which a receiver can see that it got the same message twice.
 */
final class SlackBody {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Slack refuses longer ones (Block Kit reference: header 150, section text 3,000, field 2,000).
   */
  private static final int LONGEST_HEADER = 150;

  private static final int LONGEST_TEXT = 3_000;
  private static final int LONGEST_FIELD = 2_000;

  private SlackBody() {}

  static String of(Message message) {
    String title = title(message);
    ObjectNode body = JSON.createObjectNode();
    body.put("text", Cut.toMarkdown(LONGEST_TEXT, title));
    ArrayNode blocks = body.putArray("blocks");
    ObjectNode header = blocks.addObject().put("type", "header").putObject("text");
    header.put("type", "plain_text").put("text", Cut.to(LONGEST_HEADER, title));
    ObjectNode section = blocks.addObject().put("type", "section").putObject("text");
    section
        .put("type", "mrkdwn")
        .put(
            "text",
            Cut.toMarkdown(LONGEST_TEXT, message.text().isBlank() ? title : message.text()));
    fields(message, blocks);
    blocks
        .addObject()
        .put("type", "context")
        .putArray("elements")
        .addObject()
        .put("type", "mrkdwn")
        .put(
            "text",
            Cut.toMarkdown(
                LONGEST_FIELD,
                message.severity() + " · " + message.page() + " · " + message.platform()));
    ObjectNode metadata = body.putObject("metadata").put("event_type", "recovery_incident");
    metadata
        .putObject("event_payload")
        .put("id", message.id())
        .put("incident", message.page())
        .put("action", message.action().id())
        .put("severity", message.severity())
        .put("platform", message.platform());
    return body.toString();
  }

  private static String title(Message message) {
    return switch (message.action()) {
      case TRIGGER -> message.title();
      case ACKNOWLEDGE -> "Taken: " + message.title();
      case RESOLVE -> "Over: " + message.title();
    };
  }

  private static void fields(Message message, ArrayNode blocks) {
    if (message.situation().isEmpty()) {
      return;
    }
    ArrayNode fields = blocks.addObject().put("type", "section").putArray("fields");
    message
        .situation()
        .forEach(
            (part, value) -> {
              String label = "*" + part.label() + "*\n";
              fields
                  .addObject()
                  .put("type", "mrkdwn")
                  .put("text", label + Cut.toMarkdown(LONGEST_FIELD - label.length(), value));
            });
  }
}
