package io.arbitex.recovery.runtime.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A message as PagerDuty's Events API v2 takes it. The page is the dedup_key, so the same trigger
 * twice is one page, and a resolve of what is not open does nothing.
 */
final class PagerDutyEvent {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Refused when longer (Events API v2: dedup_key 255, summary 1,024 characters). */
  private static final int LONGEST_KEY = 255;

  private static final int LONGEST_SUMMARY = 1_024;

  /** An event may have 512 KB in all; a person reads less. */
  private static final int LONGEST_DETAIL = 8_000;

  private PagerDutyEvent() {}

  static String of(Message message, String routingKey) {
    ObjectNode event = JSON.createObjectNode();
    event.put("routing_key", routingKey);
    event.put("event_action", message.action().id());
    event.put("dedup_key", Cut.to(LONGEST_KEY, message.page()));
    ObjectNode payload = event.putObject("payload");
    payload.put(
        "summary",
        Cut.to(LONGEST_SUMMARY, message.title().isBlank() ? message.page() : message.title()));
    payload.put("source", message.platform());
    payload.put("severity", severity(message.severity()));
    payload.put("timestamp", message.at().toString());
    if (!message.component().isEmpty()) {
      payload.put("component", message.component());
    }
    ObjectNode details = payload.putObject("custom_details");
    message
        .situation()
        .forEach((part, value) -> details.put(part.label(), Cut.to(LONGEST_DETAIL, value)));
    if (!message.text().isBlank()) {
      details.put("Text", Cut.to(LONGEST_DETAIL, message.text()));
    }
    details.put("Severity", message.severity());
    details.put("Incident", message.page());
    return event.toString();
  }

  /** What nobody knows is critical. */
  private static String severity(String severity) {
    return switch (severity) {
      case "P1" -> "error";
      case "P2" -> "warning";
      default -> "critical";
    };
  }
}
