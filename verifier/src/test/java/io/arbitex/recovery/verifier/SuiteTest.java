package io.arbitex.recovery.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.BaselineText;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.checks.kubernetes.ClustersFixture;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.schemas.Facts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite on a real database: what is right passes, and each kind of wrong is named. */
class SuiteTest {
  private static PostgresFixture postgres;
  private static HttpServer platform;
  private static volatile int health;
  private static int databases;
  private static ClustersFixture clusters;

  @TempDir Path folder;
  private String database;
  private Baseline baseline;

  /** File of the inventory's kubeconfig. */
  private String kubeconfig = "key";

  /** Further parameters of the command. */
  private List<Fact> more = List.of();

  @BeforeAll
  static void start() throws Exception {
    postgres = PostgresFixture.start();
    clusters = new ClustersFixture();
    platform = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    platform.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = "{\"chain_valid\": true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(health, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    platform.start();
  }

  @AfterAll
  static void stop() {
    platform.stop(0);
    clusters.close();
    postgres.close();
  }

  @BeforeEach
  void fill() throws Exception {
    health = 200;
    database = "restored_" + databases++;
    postgres.createDatabase(database);
    try (Connection connection = postgres.connect(database)) {
      AuditTables.createFilled(connection, 500);
      baseline =
          new BaselineReader(
                  "lab", "postgresql", List.of("tenants", "audit_events"), Clock.systemUTC())
              .read(connection, "dump");
    }
  }

  private Proof run(Optional<RestorePoint> point) throws Exception {
    Files.writeString(folder.resolve("password"), PostgresFixture.PASSWORD);
    Files.write(folder.resolve("key"), AuditTables.KEY);
    Files.writeString(folder.resolve("token"), "token");
    String address = "http://127.0.0.1:" + platform.getAddress().getPort();
    Inventory inventory =
        Inventory.parse(
            "platform.yaml",
            folder,
            """
            platforms:
              - name: lab
                observers: [a]
                endpoints:
                  health: ["%s/health"]
                  auditVerify: %s/verify
                  adminToken: file:token
                  auditKey: file:key
                kubernetes: {kubeconfig: "file:%s", namespace: arbitex}
                azure: {endpoint: "%s", credential: none, subscription: s, tenant: t, resourceGroup: g}
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
                  - name: buffer
                    kind: pvc
                    volume:
                      claim: arbitex-audit-buffer
                      workloads: [cronjob/nightly]
                      helperImage: busybox:1.36
                      azure: {snapshots: g, disks: g}
                  - name: postgresql
                    kind: postgresql
                    postgresql:
                      database: arbitex
                      resource: spare
                      restoreTo: [spare]
                      applicationRole: app
                      connectionSecret: file:url
                      backups: [backups]
                      tools: /usr/bin
                      criticalTables: [tenants, audit_events]
                      servers:
                        - {name: spare, host: 127.0.0.1, port: %d, sslMode: disable, adminUser: %s, adminPassword: "file:password"}
            """
                .formatted(
                    address,
                    address,
                    kubeconfig,
                    clusters.azure(),
                    postgres.port(),
                    PostgresFixture.USER));
    return new Suite(
            inventory,
            (name, folders, id) -> point,
            (command, owner, component) -> Optional.empty(),
            2,
            Clock.systemUTC())
        .run(command());
  }

  private StepCommand command() {
    return StepCommand.newBuilder()
        .setCommandId("inc/verify/1")
        .setIncidentId("inc")
        .setPlatform("lab")
        .setKind(CommandKind.EXECUTE)
        .setStepId("verify")
        .setComponent("")
        .setProcedure("verify.full")
        .setWorker("verifier")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(Instant.EPOCH)
        .setDeadline(Instant.now().plusSeconds(600))
        .setParameters(
            Facts.merge(
                List.of(
                    new Fact("components", "postgresql"),
                    new Fact("postgresql.restore-point", "rp-1"),
                    new Fact("postgresql.server", "spare"),
                    new Fact("postgresql.database", database)),
                more))
        .build();
  }

  private Optional<RestorePoint> point() {
    return Optional.of(
        RestorePoint.newBuilder()
            .setId("rp-1")
            .setPlatform("lab")
            .setComponent("postgresql")
            .setKind(RestorePointKind.DUMP)
            .setState(RestorePointState.AVAILABLE)
            .setTakenAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .setLocation("")
            .setFormat("custom")
            .setSizeBytes(1)
            .setSha256("")
            .setToolVersion("")
            .setServerVersion("")
            .setBaseline(baseline)
            .build());
  }

  private static ValidationOutcome verdict(Proof proof) {
    ValidationOutcome last = proof.outcomes().get(proof.outcomes().size() - 1);
    assertThat(last.getKind()).isEqualTo(OutcomeKind.VERDICT);
    return last;
  }

  private static CheckStatus status(Proof proof, String check) {
    return proof.outcomes().stream()
        .filter(outcome -> outcome.getCheck().equals(check))
        .map(ValidationOutcome::getStatus)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRightDatabaseThatIsAlreadyWrittenToPasses() throws Exception {
    try (Connection connection = postgres.connect(database)) {
      AuditTables.append(connection, 20);
    }
    assertThat(verdict(run(point())).getStatus()).isEqualTo(CheckStatus.PASS);
  }

  @Test
  void missingTenantsFailAndAreChargedToTheComponent() throws Exception {
    postgres.execute(database, "DELETE FROM policy_rules", "DELETE FROM tenants WHERE id = 3");
    Proof proof = run(point());
    assertThat(status(proof, "rows:tenants")).isEqualTo(CheckStatus.FAIL);
    assertThat(verdict(proof).getStatus()).isEqualTo(CheckStatus.FAIL);
    assertThat(verdict(proof).getFailedComponents()).containsExactly("postgresql");
  }

  @Test
  void aCutTailFailsThoughTheChainItselfIsWhole() throws Exception {
    postgres.execute(database, "DELETE FROM audit_events WHERE id > 490");
    assertThat(status(run(point()), "audit-chain")).isEqualTo(CheckStatus.FAIL);
  }

  @Test
  void aChangedEventFails() throws Exception {
    postgres.execute(database, "UPDATE audit_events SET actor = 'nobody' WHERE id = 7");
    assertThat(status(run(point()), "audit-chain")).isEqualTo(CheckStatus.FAIL);
  }

  @Test
  void anotherMigrationHeadFails() throws Exception {
    postgres.execute(database, "UPDATE alembic_version SET version_num = 'other'");
    assertThat(status(run(point()), "alembic-head")).isEqualTo(CheckStatus.FAIL);
  }

  /** A server that a restore made is in no inventory, and its moment in no catalogue. */
  @Test
  void aRestoreToAMomentIsProvenByWhatItTells() throws Exception {
    Instant newest;
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT max(created_at) FROM audit_events")) {
      row.next();
      newest = row.getObject(1, OffsetDateTime.class).toInstant();
      AuditTables.append(connection, 20);
    }
    Proof proof = restoredTo(newest);
    assertThat(verdict(proof).getStatus()).isEqualTo(CheckStatus.PASS);
    assertThat(status(proof, "events-after-the-moment"))
        .as("what was written since is not held against it")
        .isEqualTo(CheckStatus.PASS);
    assertThat(status(restoredTo(newest.minusSeconds(60)), "events-after-the-moment"))
        .isEqualTo(CheckStatus.FAIL);
  }

  private Proof restoredTo(Instant moment) throws Exception {
    more =
        List.of(
            new Fact("postgresql.server", "made-by-a-restore"),
            new Fact("postgresql.server-like", "spare"),
            new Fact("postgresql.server-host", "127.0.0.1"),
            new Fact("postgresql.server-port", Integer.toString(postgres.port())),
            new Fact("postgresql.restore-point-baseline", BaselineText.of(baseline)),
            new Fact("postgresql.restore-moment", moment.toString()));
    return run(Optional.empty());
  }

  /** What this verifier has read of bindings may be older than the command. */
  @Test
  void itLooksIntoTheClusterThatTheCommandNames() throws Exception {
    Files.writeString(folder.resolve("kubeconfig"), clusters.kubeconfig("arbitex-aks"));
    kubeconfig = "kubeconfig";
    List<Fact> volume =
        List.of(
            new Fact("components", "buffer"),
            new Fact("buffer.disk", "disk-1"),
            new Fact("buffer.disk-id", "/disks/disk-1"));
    more = Facts.merge(volume, List.of(new Fact("cluster-resource", "arbitex-aks-2")));
    assertThat(status(run(point()), "restored-disk:arbitex-audit-buffer"))
        .as("there is nothing in it")
        .isEqualTo(CheckStatus.FAIL);
    assertThat(clusters.asked("arbitex-aks-2")).isNotEmpty();
    assertThat(clusters.asked("arbitex-aks")).isEmpty();
    more = volume;
    run(point());
    assertThat(clusters.asked("arbitex-aks")).isNotEmpty();
  }

  @Test
  void aClusterIsProvenByTheOneThatIsBoundAndWasRestored() throws Exception {
    Files.writeString(folder.resolve("kubeconfig"), clusters.kubeconfig("arbitex-aks"));
    kubeconfig = "kubeconfig";
    List<Fact> restored =
        List.of(new Fact("components", "cluster"), new Fact("cluster.cluster", "arbitex-aks-2"));
    more = Facts.merge(restored, List.of(new Fact("cluster-resource", "arbitex-aks-2")));
    Proof proof = run(point());
    assertThat(status(proof, "restored-cluster")).isEqualTo(CheckStatus.PASS);
    assertThat(status(proof, "api-server")).isEqualTo(CheckStatus.PASS);
    assertThat(status(proof, "nodes")).isEqualTo(CheckStatus.PASS);
    more = Facts.merge(restored, List.of(new Fact("cluster-resource", "arbitex-aks")));
    assertThat(status(run(point()), "restored-cluster"))
        .as("what was restored is not what is bound")
        .isEqualTo(CheckStatus.FAIL);
  }

  @Test
  void aPlatformThatIsNotWellFails() throws Exception {
    health = 503;
    assertThat(verdict(run(point())).getStatus()).isEqualTo(CheckStatus.FAIL);
  }

  @Test
  void withoutABaselineNothingIsProven() throws Exception {
    assertThat(verdict(run(Optional.empty())).getStatus()).isEqualTo(CheckStatus.ERROR);
  }
}
