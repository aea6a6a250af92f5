package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.YamlDocument;
import java.nio.file.Path;

/** An inventory with one database that alerts are about, and messages of senders. */
final class Examples {
  private static final String INVENTORY =
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
                - labels: {alertname: PostgresDown}
                - resource: /subscriptions/S1/servers/Arbitex-DB
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

  static final String AZURE =
      """
      {"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": {
        "alertId": "a", "originAlertId": "o", "alertRule": "is_db_alive",
        "monitorCondition": "Fired", "alertTargetIDs": ["/SUBSCRIPTIONS/s1/servers/arbitex-db"],
        "firedDateTime": "2026-11-22T10:00:00Z", "description": "not alive"}}}
      """;

  static final String CLOUD_EVENT =
      """
      {"specversion": "1.0", "id": "1", "source": "/s", "type": "Alert", "data": %s}
      """
          .formatted(AZURE.strip());

  private Examples() {}

  static Inventory inventory() throws InvalidConfiguration {
    return Inventory.parse("platform.yaml", Path.of("/"), INVENTORY);
  }

  static ReceiverSettings settings(Path folder, String text) throws InvalidConfiguration {
    return YamlDocument.read(
        "detector.yaml", folder, text, root -> ReceiverSettings.read(root.section("receivers")));
  }

  /** A group of two alerts, of which the one of another rule is over. */
  static String alertmanager(String first, String second) {
    return """
        {"version": "4", "status": "firing", "alerts": [
          {"status": "firing", "labels": {"alertname": "%s"}, "annotations": {"summary": "down"},
           "startsAt": "2026-11-22T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
           "fingerprint": "f1"},
          {"status": "resolved", "labels": {"alertname": "%s"}, "annotations": {},
           "startsAt": "2026-11-22T09:00:00Z", "endsAt": "2026-11-22T09:30:00Z",
           "fingerprint": "f2"}]}
        """
        .formatted(first, second);
  }
}
