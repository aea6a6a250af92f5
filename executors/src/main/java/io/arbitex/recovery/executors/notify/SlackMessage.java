package io.arbitex.recovery.executors.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.engine.ActionContext;

/**
 * A message as Slack's incoming webhooks take it: a plain text for notifications, blocks for the
 * channel, and metadata by which a receiver can see that it got the same message twice.
 */
final class SlackMessage {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Slack refuses longer ones (Block Kit reference: header 150, section text 3,000). */
  private static final int LONGEST_HEADER = 150;

  private static final int LONGEST_TEXT = 3_000;

  private SlackMessage() {}

  static String of(ActionContext context) {
    String title = context.required("title");
    String text = context.required("text");
    String incident = context.fact("incident").orElse(context.command().getIncidentId());
    String severity = context.fact("severity").orElse("");
    ObjectNode message = JSON.createObjectNode();
    message.put("text", title);
    ArrayNode blocks = message.putArray("blocks");
    ObjectNode header = blocks.addObject().put("type", "header").putObject("text");
    header.put("type", "plain_text").put("text", cut(title, LONGEST_HEADER));
    ObjectNode section = blocks.addObject().put("type", "section").putObject("text");
    section.put("type", "mrkdwn").put("text", cut(text.isEmpty() ? title : text, LONGEST_TEXT));
    ArrayNode elements = blocks.addObject().put("type", "context").putArray("elements");
    elements
        .addObject()
        .put("type", "mrkdwn")
        .put("text", severity + " · " + incident + " · " + context.command().getPlatform());
    ObjectNode metadata = message.putObject("metadata").put("event_type", "recovery_incident");
    metadata
        .putObject("event_payload")
        .put("id", context.command().getCommandId())
        .put("incident", incident)
        .put("severity", severity)
        .put("platform", context.command().getPlatform());
    return message.toString();
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }
}
