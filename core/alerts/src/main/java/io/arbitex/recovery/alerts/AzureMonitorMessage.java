package io.arbitex.recovery.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.configuration.AlertMatch;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Azure Monitor's common alert schema, one alert a message (Azure's documentation, "Common alert
 * schema").
 *
 * <p>Identity: {@code essentials.originAlertId}, which the service that raised the alert gives it,
 * else {@code alertId}; and {@code firedDateTime}, which a RESOLVED message carries too. In lower
 * case, since the ids hold resource ids, whose case Azure does not keep.
 *
 * <p>Labels: the plain fields of {@code essentials}, {@code customProperties}, and {@code
 * metricName} of the first condition that was met.
 */
final class AzureMonitorMessage {
  private AzureMonitorMessage() {}

  static List<ReceivedAlert> read(JsonNode root, Instant receivedAt) throws UnreadableAlert {
    JsonNode data = root.path("data");
    if (!data.path("essentials").isObject()) {
      throw new UnreadableAlert(
          "no 'data.essentials': switch the action group to the common alert schema");
    }
    return List.of(alert(data, receivedAt));
  }

  /**
   * @param data what holds the {@code essentials}
   */
  static ReceivedAlert alert(JsonNode data, Instant receivedAt) {
    JsonNode essentials = data.path("essentials");
    Map<String, String> labels = new LinkedHashMap<>();
    AlertFields.labels(data.path("customProperties"), labels);
    AlertFields.labels(essentials, labels);
    String metric =
        AlertFields.text(
            data.path("alertContext").path("condition").path("allOf").path(0), "metricName");
    if (!metric.isEmpty()) {
      labels.put("metricName", metric);
    }
    AlertMatch.Origin origin =
        new AlertMatch.Origin(
            AlertFields.texts(essentials, "alertTargetIDs").stream()
                .map(id -> id.toLowerCase(Locale.ROOT))
                .toList(),
            labels,
            AlertFields.text(essentials, "alertRule"));
    String described = AlertFields.text(essentials, "description");
    String text = AlertText.clean(described.isBlank() ? origin.rule() : described);
    String own = AlertFields.text(essentials, "originAlertId");
    String name = own.isEmpty() ? AlertFields.text(essentials, "alertId") : own;
    if (name.isEmpty()) {
      return new ReceivedAlert.Unclear("has neither originAlertId nor alertId", origin, text);
    }
    return Course.of(
        AlertFields.text(essentials, "monitorCondition"),
        "Fired",
        "Resolved",
        "azure-monitor/" + name.toLowerCase(Locale.ROOT),
        AlertFields.moment(essentials, "firedDateTime"),
        AlertFields.moment(essentials, "resolvedDateTime"),
        receivedAt,
        origin,
        text);
  }
}
