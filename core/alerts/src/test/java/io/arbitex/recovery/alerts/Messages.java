package io.arbitex.recovery.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Messages as the senders' documentation shows them, and an inventory that knows some of them. */
final class Messages {
  static final Instant NOW = Instant.parse("2026-11-22T10:05:00Z");

  static final String INVENTORY =
      """
      platforms:
        - name: lab
          observers: [observer-0]
          endpoints:
            health: ["http://127.0.0.1:8080/health"]
            adminToken: env:ADMIN_TOKEN
            auditKey: env:AUDIT_KEY
          components:
            - name: postgresql
              kind: postgresql
              procedures: [postgresql.dump]
              alerts:
                - labels: {alertname: PostgresDown, cluster: lab}
                - labels: {alertname: PostgresDiskFull}
                  status: degraded
                  symptom: disk-full
                - resource: /subscriptions/S1/resourceGroups/RG/providers/Microsoft.DBforPostgreSQL/flexibleServers/Arbitex-DB
              postgresql:
                database: arbitex
                resource: primary
                restoreTo: [primary]
                applicationRole: arbitex_app
                connectionSecret: file:database-url
                backups: [backups]
                tools: /usr/bin
                criticalTables: [tenants]
                servers:
                  - {name: primary, host: 127.0.0.1, port: 1, adminUser: a, adminPassword: env:A}
      """;

  /** A group of which one alert is over; Alertmanager's documentation, webhook version 4. */
  static final String ALERTMANAGER =
      """
      {
        "version": "4", "groupKey": "{}:{alertname=\\"PostgresDown\\"}", "truncatedAlerts": 0,
        "status": "firing", "receiver": "recovery", "groupLabels": {"alertname": "PostgresDown"},
        "commonLabels": {"alertname": "PostgresDown", "cluster": "lab"}, "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093", "aFieldOfTomorrow": {"x": [1]},
        "alerts": [
          {"status": "firing",
           "labels": {"alertname": "PostgresDown", "cluster": "lab", "instance": "db-1:9187"},
           "annotations": {"summary": "The database does not answer",
                           "description": "pg_up is 0 for postgres://app:hunter2@db-1/arbitex"},
           "startsAt": "2026-11-22T10:00:00.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
           "generatorURL": "http://prometheus:9090/graph", "fingerprint": "c2a2a2a2a2a2a2a2"},
          {"status": "resolved",
           "labels": {"alertname": "PostgresDown", "cluster": "lab", "instance": "db-2:9187"},
           "annotations": {},
           "startsAt": "2026-11-22T09:50:00Z", "endsAt": "2026-11-22T09:58:00Z",
           "generatorURL": "", "fingerprint": "d3b3b3b3b3b3b3b3"}
        ]
      }
      """;

  private Messages() {}

  static String azureMonitor(String condition) {
    return """
        {
          "schemaId": "azureMonitorCommonAlertSchema",
          "data": {
            "essentials": {
              "alertId": "/subscriptions/s1/providers/Microsoft.AlertsManagement/alerts/b9569717",
              "alertRule": "is_db_alive", "severity": "Sev0", "signalType": "Metric",
              "monitorCondition": "%s", "monitoringService": "Platform",
              "alertTargetIDs": ["/subscriptions/s1/resourcegroups/rg/providers/microsoft.dbforpostgresql/flexibleservers/arbitex-db"],
              "configurationItems": ["arbitex-db"],
              "originAlertId": "s1_RG_microsoft.insights_metricAlerts_is_db_alive",
              "firedDateTime": "2026-11-22T10:01:02.3713213Z", %s
              "description": "The database is not alive", "essentialsVersion": "1.0"
            },
            "alertContext": {"condition": {"allOf": [{"metricName": "is_db_alive", "metricValue": 0}]}},
            "customProperties": {"team": "platform"}
          }
        }
        """
        .formatted(
            condition,
            condition.equals("Resolved")
                ? "\"resolvedDateTime\": \"2026-11-22T10:03:00.5Z\","
                : "");
  }

  static String availability(String state, String at) {
    return """
        {"id": "1fb6fa94-%s", "specversion": "1.0", "source": "/subscriptions/s1",
         "type": "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged",
         "subject": "/subscriptions/s1/resourceGroups/RG/providers/Microsoft.DBforPostgreSQL/flexibleServers/arbitex-db",
         "time": "%s",
         "data": {"resourceInfo": {
           "id": "/subscriptions/s1/resourceGroups/RG/providers/Microsoft.DBforPostgreSQL/flexibleServers/arbitex-db/providers/Microsoft.ResourceHealth/availabilityStatuses/1",
           "name": "1", "type": "Microsoft.ResourceHealth/availabilityStatuses",
           "properties": {
             "targetResourceId": "/subscriptions/s1/resourceGroups/RG/providers/Microsoft.DBforPostgreSQL/flexibleServers/arbitex-db",
             "targetResourceType": "Microsoft.DBforPostgreSQL/flexibleServers",
             "occurredTime": "%s", "previousAvailabilityState": "Available",
             "availabilityState": "%s"}}}}
        """
        .formatted(state, at, at, state);
  }

  static Inventory inventory() throws InvalidConfiguration {
    return Inventory.parse("platform.yaml", Path.of("/"), INVENTORY);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static ReceivedAlert only(AlertSender sender, String message) throws UnreadableAlert {
    List<ReceivedAlert> alerts = sender.read(bytes(message), NOW);
    assertThat(alerts).hasSize(1);
    return alerts.get(0);
  }
}
