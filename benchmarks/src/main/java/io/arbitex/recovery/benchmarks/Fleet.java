package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;

/** Many platforms of one database and three observers each, as configuration and as records. */
final class Fleet {
  private final Clock clock = Clock.systemUTC();

  static String platform(int i) {
    return "p" + i;
  }

  /** Writes inventory, policy and a classifier's file; returns the last. */
  Path write(Path folder, int platforms, String kafka, int port) throws IOException {
    StringBuilder inventory = new StringBuilder("platforms:\n");
    for (int i = 0; i < platforms; i++) {
      inventory.append(PLATFORM.formatted(platform(i)));
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("platform.yaml"), inventory);
    Files.writeString(folder.resolve("runbook.yaml"), POLICY);
    Path file = folder.resolve("classifier.yaml");
    Files.writeString(
        file,
        """
        name: classifier
        kafka: {bootstrap: "%s", partitions: %d, replication: 1}
        inventory: platform.yaml
        policy: runbook.yaml
        standbyReplicas: 0
        http: {port: %d}
        stateFolder: state
        """
            .formatted(kafka, Lab.PARTITIONS, port));
    return file;
  }

  HealthEvent health(String platform, int observer, HealthStatus status, int consecutive) {
    Instant now = Times.now(clock);
    boolean up = status == HealthStatus.UP;
    return HealthEvent.newBuilder()
        .setId(platform + "/" + observer + "/" + now)
        .setPlatform(platform)
        .setComponent("postgresql")
        .setObserver("observer-" + observer)
        .setSource(HealthSource.PROBE)
        .setStatus(status)
        .setSymptom(up ? Symptom.NONE : Symptom.UNREACHABLE)
        .setConsecutive(consecutive)
        .setResource("primary")
        .setBindingEpoch(0)
        .setObservedAt(now)
        .setBadSince(up ? null : now)
        .setDetail(up ? "" : "connection refused")
        .build();
  }

  RestorePoint restorePoint(String platform) {
    Instant now = Times.now(clock);
    return RestorePoint.newBuilder()
        .setId("rp")
        .setPlatform(platform)
        .setComponent("postgresql")
        .setKind(RestorePointKind.DUMP)
        .setState(RestorePointState.AVAILABLE)
        .setTakenAt(now.minusSeconds(60))
        .setFinishedAt(now)
        .setLocation("dump")
        .setFormat("custom")
        .setSizeBytes(1)
        .setSha256("")
        .setToolVersion("15")
        .setServerVersion("15")
        .build();
  }

  private static final String POLICY =
      """
      version: 1
      detection: {confirmations: 3, recoveries: 3, restoreAfter: 0, correlationWindow: 0, observerTimeout: 10m}
      fleet: {share: 1, limit: 100000}
      channels:
        - {name: slack, kind: slack, url: env:SLACK}
      """;

  private static final String PLATFORM =
      """
        - name: %s
          observers: [observer-0, observer-1, observer-2]
          endpoints:
            health: ["http://127.0.0.1:1/health"]
            adminToken: env:ADMIN_TOKEN
            auditKey: env:AUDIT_KEY
          components:
            - name: postgresql
              kind: postgresql
              procedures: [postgresql.dump]
              postgresql:
                database: arbitex
                resource: primary
                restoreTo: [spare]
                applicationRole: arbitex_app
                connectionSecret: file:database-url
                backups: [backups]
                tools: /usr/bin
                criticalTables: [tenants]
                servers:
                  - {name: primary, host: 127.0.0.1, port: 1, adminUser: a, adminPassword: env:A}
                  - {name: spare, host: 127.0.0.1, port: 2, adminUser: a, adminPassword: env:A}
      """;
}
