package io.arbitex.recovery.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.SchemaTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole service, on a real broker and a real database. */
class BackupMainTest {
  @Test
  void aBackupByHandIsPublishedAndWhatWasDeletedByHandIsNoLongerAnnounced(
      @TempDir Path folder, @TempDir Path log) throws Exception {
    try (PostgresFixture postgres = PostgresFixture.start();
        BrokerFixture broker = BrokerFixture.start(log)) {
      postgres.createDatabase("arbitex");
      try (Connection connection = postgres.connect("arbitex")) {
        AuditTables.createFilled(connection, 200);
      }
      Path config = configuration(folder, postgres, broker);
      assertThat(takeOne(config, "postgresql")).isZero();
      assertThat(takeOne(config, "absent"))
          .as("a wrong component is a wrong configuration")
          .isEqualTo(2);

      RestorePoint first = published(broker).get(0);
      assertThat(first.getState()).isEqualTo(RestorePointState.AVAILABLE);
      Files.delete(Path.of(first.getLocation()));
      assertThat(takeOne(config, "postgresql")).isZero();

      assertThat(published(broker))
          .hasSize(2)
          .filteredOn(point -> point.getState() == RestorePointState.EXPIRED)
          .extracting(RestorePoint::getId)
          .containsExactly(first.getId());
    }
  }

  private static int takeOne(Path config, String component) {
    return new CommandLine(new BackupMain())
        .execute("--once", "--config", config.toString(), "--component", component);
  }

  private static List<RestorePoint> published(BrokerFixture broker) throws Exception {
    var clients = broker.clients("test");
    SchemaTopic schemas = new SchemaTopic(clients);
    try (PublishedPoints points = new PublishedPoints(clients, schemas.framing())) {
      points.awaitCaughtUp();
      return points.of("eu-1", "postgresql");
    }
  }

  private static Path configuration(Path folder, PostgresFixture postgres, BrokerFixture broker)
      throws Exception {
    Files.createDirectory(folder.resolve("backups"));
    for (String secret : List.of("admin", "audit-key", "admin-token", "database-url")) {
      Files.writeString(folder.resolve(secret), PostgresFixture.PASSWORD);
    }
    Files.writeString(
        folder.resolve("platform.yaml"),
        """
        platforms:
          - name: eu-1
            observers: [observer-a]
            endpoints:
              health: ["http://127.0.0.1:1/health"]
              adminToken: file:admin-token
              auditKey: file:audit-key
            kubernetes: {kubeconfig: "file:admin", namespace: arbitex}
            azure: {subscription: s, tenant: t, resourceGroup: g}
            components:
              - {name: public-health, kind: endpoint}
              - name: cluster
                kind: aks
                cluster:
                  name: arbitex-aks
                  resourceGroup: g
                  nodes: 3
                  slow: 500ms
                  like: {location: westeurope, vmSize: Standard_D4s_v5}
              - name: postgresql
                kind: postgresql
                procedures: [postgresql.dump]
                postgresql:
                  database: arbitex
                  resource: primary
                  restoreTo: [primary]
                  applicationRole: arbitex_app
                  connectionSecret: file:database-url
                  backups: [backups]
                  tools: %s
                  criticalTables: [tenants, policy_rules, audit_events]
                  servers:
                    - name: primary
                      host: 127.0.0.1
                      port: %d
                      sslMode: disable
                      adminUser: %s
                      adminPassword: file:admin
        """
            .formatted(postgres.tools(), postgres.port(), PostgresFixture.USER));
    Files.writeString(folder.resolve("runbook.yaml"), "version: 1\n");
    return Files.writeString(
        folder.resolve("backup.yaml"),
        """
        name: backup-1
        kafka:
          bootstrap: %s
          partitions: %d
          replication: 1
        inventory: platform.yaml
        policy: runbook.yaml
        """
            .formatted(broker.clients("test").settings().bootstrap(), BrokerFixture.PARTITIONS));
  }
}
