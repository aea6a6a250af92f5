package io.arbitex.recovery.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Whose messages can be read. */
public enum AlertSender {
  ALERTMANAGER,
  AZURE_MONITOR,
  EVENT_GRID;

  /**
   * The alerts in a message of this sender.
   *
   * @param body JSON, in UTF-8
   * @param receivedAt now; an alert from the future is unclear, an end without a moment is now
   * @throws UnreadableAlert when it is no message of this sender at all
   */
  public List<ReceivedAlert> read(byte[] body, Instant receivedAt) throws UnreadableAlert {
    JsonNode root = AlertFields.tree(body);
    return switch (this) {
      case ALERTMANAGER -> AlertmanagerMessage.read(root, receivedAt);
      case AZURE_MONITOR -> AzureMonitorMessage.read(root, receivedAt);
      case EVENT_GRID -> EventGridMessage.read(root, receivedAt);
    };
  }

  /**
   * Whose message it seems to be.
   *
   * @throws UnreadableAlert when it is of none of them
   */
  public static AlertSender of(byte[] body) throws UnreadableAlert {
    JsonNode root = AlertFields.tree(body);
    JsonNode first = root.isArray() ? root.path(0) : root;
    if (first.has("eventType") || first.has("specversion")) {
      return EVENT_GRID;
    }
    if (root.path("data").has("essentials")) {
      return AZURE_MONITOR;
    }
    if (root.path("alerts").isArray()) {
      return ALERTMANAGER;
    }
    throw new UnreadableAlert(
        "is no message of Alertmanager ('alerts'), Azure Monitor ('data.essentials') or Event Grid"
            + " ('eventType', 'specversion')");
  }

  /** As it is written in configuration. */
  public String kind() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
