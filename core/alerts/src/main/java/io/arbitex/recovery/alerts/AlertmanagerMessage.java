package io.arbitex.recovery.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.configuration.AlertMatch;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The webhook of Prometheus' Alertmanager, version 4 (its documentation, "webhook_config"). A group
 * may hold alerts that fire beside alerts that are over: each says so itself, and the status of the
 * group is not looked at.
 *
 * <p>Identity: the fingerprint, which Alertmanager computes from the labels alone, and the moment
 * at which the alert began. So redundant Alertmanagers, and the end of the alert, have the same;
 * the same alert on another day has another. Labels that tell Prometheus replicas apart must be
 * dropped before ({@code alert_relabel_configs}), as Alertmanager itself needs it.
 */
final class AlertmanagerMessage {
  /** Labels that exporters and rules commonly use to name the resource. */
  private static final List<String> RESOURCES =
      List.of("resource_id", "resourceId", "resource", "instance");

  private AlertmanagerMessage() {}

  static List<ReceivedAlert> read(JsonNode root, Instant receivedAt) throws UnreadableAlert {
    if (!root.path("alerts").isArray()) {
      throw new UnreadableAlert("no list 'alerts': this is no webhook of Alertmanager");
    }
    String version = AlertFields.text(root, "version");
    if (!version.isEmpty() && !version.equals("4")) {
      throw new UnreadableAlert("is version '" + AlertText.clean(version) + "', known is 4");
    }
    List<ReceivedAlert> alerts = new ArrayList<>();
    root.path("alerts").forEach(alert -> alerts.add(alert(alert, receivedAt)));
    return alerts;
  }

  private static ReceivedAlert alert(JsonNode alert, Instant receivedAt) {
    Map<String, String> labels = new LinkedHashMap<>();
    AlertFields.labels(alert.path("labels"), labels);
    AlertMatch.Origin origin =
        new AlertMatch.Origin(
            RESOURCES.stream().map(labels::get).filter(value -> value != null).toList(),
            labels,
            labels.getOrDefault("alertname", ""));
    String fingerprint = AlertFields.text(alert, "fingerprint");
    String identity =
        "alertmanager/" + (fingerprint.isEmpty() ? fingerprintOf(labels) : fingerprint);
    return Course.of(
        AlertFields.text(alert, "status"),
        "firing",
        "resolved",
        identity,
        AlertFields.moment(alert, "startsAt"),
        // A year 1 is how Alertmanager writes "no end".
        AlertFields.moment(alert, "endsAt").filter(end -> end.isAfter(Instant.EPOCH)),
        receivedAt,
        origin,
        text(alert.path("annotations"), origin.rule()));
  }

  private static String text(JsonNode annotations, String otherwise) {
    return AlertText.clean(
        List.of("summary", "description", "message").stream()
            .map(name -> AlertFields.text(annotations, name))
            .filter(Predicate.not(String::isBlank))
            .findFirst()
            .orElse(otherwise));
  }

  /** For senders that speak Alertmanager's format without its fingerprint. */
  private static String fingerprintOf(Map<String, String> labels) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(new TreeMap<>(labels).toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
