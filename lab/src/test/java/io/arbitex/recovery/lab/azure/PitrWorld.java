package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.TestAzure.SOURCE;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.Canary;
import io.arbitex.recovery.checks.Checkpoint;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.notify.Post;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A platform's database on a flexible server, and the executors' procedures for it. */
final class PitrWorld implements AutoCloseable {
  static final String DATABASE = "arbitex";
  private static final List<String> TABLES = List.of("tenants", "policy_rules", "audit_events");

  final TestAzure azure;
  final List<Baseline> history = new ArrayList<>();
  private final Path folder;
  private final String host;
  private int incidents;

  PitrWorld(Path folder) throws Exception {
    this.folder = folder;
    this.azure = new TestAzure();
    this.host =
        azure
            .manager()
            .servers()
            .getByResourceGroup(TestAzure.GROUP, SOURCE)
            .fullyQualifiedDomainName();
    Files.writeString(folder.resolve("admin"), TestAzure.PASSWORD);
    Files.writeString(folder.resolve("admin-token"), "token");
    Files.writeString(
        folder.resolve("audit-key"), new String(AuditTables.KEY, StandardCharsets.UTF_8));
    try (Connection maintenance = azure.connect(SOURCE)) {
      TestAzure.run(
          maintenance,
          "CREATE ROLE arbitex_app LOGIN PASSWORD 'of the platform'",
          "CREATE DATABASE " + DATABASE);
    }
    try (Connection inside = database(host)) {
      AuditTables.createFilled(inside, 300);
    }
  }

  Connection source() throws SQLException {
    return database(host);
  }

  Connection database(String at) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s?sslmode=disable&connectTimeout=5&socketTimeout=20"
            .formatted(at, azure.port(), DATABASE),
        TestAzure.ADMINISTRATOR,
        TestAzure.PASSWORD);
  }

  /** A canary, and a checkpoint of what is there now, as an observer publishes them. */
  Baseline proven() throws SQLException {
    try (Connection inside = source()) {
      canary(inside);
      Baseline read =
          new BaselineReader("eu-1", "postgresql", TABLES, Clock.systemUTC())
              .read(inside, "observer-a");
      Instant at = TestAzure.now(inside).toInstant();
      read.setTakenAt(at);
      Baseline checkpoint = Checkpoint.sign(read, "primary", 0, AuditTables.KEY);
      history.add(checkpoint);
      return checkpoint;
    }
  }

  void canary(Connection inside) throws SQLException {
    Canary.write(inside, "eu-1", "postgresql", "observer-a", Clock.systemUTC())
        .ifPresent(history::add);
  }

  void append(long events) throws SQLException {
    try (Connection inside = source()) {
      AuditTables.append(inside, events);
    }
  }

  ProcedureBench bench() throws InvalidConfiguration {
    return bench("version: 1\n");
  }

  ProcedureBench bench(String policy) throws InvalidConfiguration {
    return new ProcedureBench(
        new Procedures(
            inventory(),
            Policy.parse("runbook.yaml", folder, policy),
            (platform, component) -> Optional.empty(),
            (platform, component, since, keep) -> history.stream().filter(keep).toList(),
            Clock.systemUTC(),
            new Post()));
  }

  private Inventory inventory() throws InvalidConfiguration {
    return Inventory.parse(
        "platform.yaml",
        folder,
        """
        platforms:
          - name: eu-1
            observers: [observer-a]
            endpoints:
              health: ["http://127.0.0.1:1/health"]
              adminToken: file:admin-token
              auditKey: file:audit-key
            azure:
              endpoint: %s
              subscription: %s
              tenant: tenant
              resourceGroup: %s
              credential: none
            components:
              - name: postgresql
                kind: postgresql
                procedures: [postgresql.pitr]
                postgresql:
                  database: arbitex
                  resource: primary
                  restoreTo: [primary]
                  applicationRole: arbitex_app
                  connectionSecret: file:database-url
                  backups: [backups]
                  tools: /usr/bin
                  criticalTables: [tenants, policy_rules, audit_events]
                  servers:
                    - name: primary
                      host: %s
                      port: %d
                      sslMode: disable
                      adminUser: %s
                      adminPassword: file:admin
                      flexibleServer: %s
        """
            .formatted(
                azure.address(),
                AzureClients.SUBSCRIPTION,
                TestAzure.GROUP,
                host,
                azure.port(),
                TestAzure.ADMINISTRATOR,
                SOURCE));
  }

  /** A new incident's command. */
  StepCommand restore(String symptom, Instant badSince, Map<String, String> more) {
    incidents++;
    Instant now = Times.now(Clock.systemUTC());
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("symptom", symptom);
    facts.put("bad-since", badSince.toString());
    facts.put("source-resource", "primary");
    facts.put("source-epoch", "0");
    facts.putAll(more);
    return StepCommand.newBuilder()
        .setCommandId("inc-" + incidents + "/postgresql.restore/1")
        .setIncidentId("inc-" + incidents)
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId("postgresql.restore")
        .setComponent("postgresql")
        .setProcedure("postgresql.pitr")
        .setWorker("postgresql")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plus(Duration.ofMinutes(5)))
        .setParameters(Facts.of(facts))
        .build();
  }

  /** Servers beside the source. */
  List<String> made() {
    return azure.serverNames().stream().filter(name -> !name.equals(SOURCE)).toList();
  }

  void deleteMade() throws InterruptedException {
    for (String each : made()) {
      TestAzure.until("the deletion has begun", () -> azure.beginDelete(each) != null);
    }
    TestAzure.until("no server is left", () -> made().isEmpty());
  }

  @Override
  public void close() throws IOException {
    azure.close();
  }
}
