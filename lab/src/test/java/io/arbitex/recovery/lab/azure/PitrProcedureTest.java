package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.TestAzure.GROUP;
import static io.arbitex.recovery.lab.azure.TestAzure.SOURCE;
import static io.arbitex.recovery.lab.azure.TestAzure.ask;
import static io.arbitex.recovery.lab.azure.TestAzure.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.FirewallRuleInner;
import com.azure.resourcemanager.postgresqlflexibleserver.models.ConfigurationForUpdate;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code postgresql.pitr} by Azure's client library, on servers that are really restored. */
class PitrProcedureTest {
  @TempDir static Path folder;
  private static PitrWorld world;
  private static Baseline proven;
  private static Instant quiet;
  private static Instant bad;

  /** A proven moment, then more events, then a bad deploy. */
  @BeforeAll
  static void damage() throws Exception {
    world = new PitrWorld(folder);
    proven = world.proven();
    world.append(25);
    try (Connection inside = world.source()) {
      quiet = TestAzure.now(inside).toInstant();
      run(
          inside,
          "DELETE FROM policy_rules WHERE tenant_id <= 4",
          "DELETE FROM tenants WHERE id <= 4",
          "UPDATE audit_events SET actor = 'nobody' WHERE id BETWEEN 40 AND 60");
      bad = TestAzure.now(inside).toInstant();
    }
  }

  @AfterAll
  static void end() throws Exception {
    world.close();
  }

  @AfterEach
  void clear() throws Exception {
    world.azure.control().clearAll();
    world.deleteMade();
  }

  private static StepCommand corrupt() {
    return world.restore("CORRUPT", bad, Map.of());
  }

  private static StepError failure(StepCommand command) throws Exception {
    ProcedureBench bench = world.bench();
    assertThat(bench.run(command).outcome()).isEqualTo(Outcome.FAILED);
    return bench.events.get(bench.events.size() - 1).getError();
  }

  private static void goesWrong(String method, String resource, How how, int times)
      throws Exception {
    world.azure.control().add(Misbehaviour.of(method, resource, how, times));
  }

  @Test
  void theLastProvenMomentComesBackClosedAndWithWhatAzureDoesNotCarryOver() throws Exception {
    world
        .azure
        .manager()
        .serviceClient()
        .getFirewallRules()
        .createOrUpdate(
            GROUP,
            SOURCE,
            "office",
            new FirewallRuleInner()
                .withStartIpAddress("198.51.100.1")
                .withEndIpAddress("198.51.100.9"));
    world
        .azure
        .manager()
        .serviceClient()
        .getConfigurations()
        .update(
            GROUP,
            SOURCE,
            "max_connections",
            new ConfigurationForUpdate().withValue("55").withSource("user-override"));
    ProcedureBench bench = world.bench();
    assertThat(bench.run(corrupt()).outcome()).isEqualTo(Outcome.DONE);
    Map<String, String> facts = bench.factsOfEnd();
    assertThat(facts)
        .containsEntry("server-like", "primary")
        .containsEntry("database", "arbitex")
        .containsEntry("restore-moment", proven.getTakenAt().toString())
        .containsEntry("audit-head-id", "300")
        .containsEntry("audit-count", "300")
        .containsEntry("critical-rows", "tenants=12,policy_rules=48,audit_events=300")
        .containsEntry("recovery-event", "301");
    assertThat(facts.get("carried-over")).contains("office").contains("max_connections");
    try (Connection restored = world.database(facts.get("server-host"))) {
      assertThat(ask(restored, "SELECT count(*) FROM tenants")).isEqualTo("12");
      assertThat(ask(restored, "SELECT count(*) FROM audit_events WHERE actor = 'nobody'"))
          .isEqualTo("0");
      assertThat(ask(restored, "SHOW max_connections")).isEqualTo("55");
      assertThat(
              ask(restored, "SELECT has_database_privilege('arbitex_app', 'arbitex', 'CONNECT')"))
          .as("closed to the platform")
          .isEqualTo("f");
      assertThat(ask(restored, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'arbitex_app'"))
          .isEqualTo("f");
    }
    try (Connection source = world.source()) {
      assertThat(ask(source, "SELECT count(*) FROM audit_events"))
          .as("the source is not touched")
          .isEqualTo("325");
    }
  }

  @Test
  void aLostServerComesBackToItsNewestMoment() throws Exception {
    ProcedureBench bench = world.bench();
    assertThat(bench.run(world.restore("UNREACHABLE", quiet, Map.of())).outcome())
        .isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("restore-moment", quiet.toString())
        .containsEntry("audit-count", "325")
        .containsEntry("critical-rows", "tenants=12,policy_rules=48,audit_events=325");
  }

  /** Review: a loss right after a bad deploy was proven against itself. */
  @Test
  void aLostServerThatWasDamagedBeforeFailsTheProof() throws Exception {
    ProcedureBench bench = world.bench();
    assertThat(bench.run(world.restore("UNREACHABLE", bad, Map.of())).outcome())
        .isEqualTo(Outcome.FAILED);
    StepError error = bench.events.get(bench.events.size() - 1).getError();
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("tenants has lost 4 of 12 rows");
    assertThat(bench.factsOfEnd()).containsKey("restore-point");
  }

  @Test
  void deadAtEveryStepItIsOrderedOnce() throws Exception {
    long before = world.azure.ordered(Operation.Kind.RESTORE);
    ProcedureBench bench = world.bench();
    bench.crashOnceEverywhere();
    assertThat(bench.run(corrupt()).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.crashes()).hasSizeGreaterThan(20);
    assertThat(world.made()).hasSize(1);
    assertThat(world.azure.ordered(Operation.Kind.RESTORE) - before).isEqualTo(1);
  }

  @Test
  void aRefusalIsToldAndNothingIsMade() throws Exception {
    goesWrong("PUT", "flexibleServers", How.FORBIDDEN, 1);
    StepError error = failure(corrupt());
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getHint()).contains("docs/azure.md");
    goesWrong("PUT", "flexibleServers", How.NAME_TAKEN, 1);
    assertThat(failure(corrupt()).getCode()).isEqualTo(FailureCode.PREFLIGHT);
    goesWrong("GET", "flexibleServers", How.FORBIDDEN, 1);
    assertThat(failure(corrupt()).getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(world.made()).isEmpty();
  }

  @Test
  void whatNobodySignedIsNotBelieved() throws Exception {
    Baseline forged = Baseline.newBuilder(proven).setAuditHeadId(325).build();
    world.history.remove(proven);
    world.history.add(forged);
    try {
      StepError error = failure(corrupt());
      assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
      assertThat(error.getMessage()).contains("ever proven good");
    } finally {
      world.history.remove(forged);
      world.history.add(proven);
    }
  }

  @Test
  void aMomentThatFailedItsProofIsNotTakenAgain() throws Exception {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, proven.getTakenAt());
    StepError error =
        failure(world.restore("CORRUPT", bad, Map.of("exclude-restore-points", "pitr-" + micros)));
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(error.getMessage()).contains("failed a proof before");
  }

  @Test
  void aMomentBeforeTheFirstBackupIsToldApart() throws Exception {
    StepError error =
        failure(world.restore("UNREACHABLE", Instant.parse("2026-01-01T00:00:00Z"), Map.of()));
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(error.getMessage()).contains("where Azure's backups begin");
    assertThat(world.made()).isEmpty();
  }

  /** Azure's objection to a moment that its archive has not reached sent everybody to a dump. */
  @Test
  void aMomentThatAzureDoesNotTakeIsPassedOverForAnEarlierOne() throws Exception {
    ProcedureBench bench = world.bench();
    Instant ahead = Instant.now().plus(1, ChronoUnit.HOURS);
    assertThat(bench.run(world.restore("UNREACHABLE", ahead, Map.of())).outcome())
        .isEqualTo(Outcome.FAILED);
    StepError error = bench.events.get(bench.events.size() - 1).getError();
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("PointInTimeInTheFuture");
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, ahead);
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", "pitr-" + micros);
    assertThat(world.made()).isEmpty();
  }

  @Test
  void withoutAWordOnWhatIsWrongNothingIsRestored() throws Exception {
    assertThat(failure(world.restore("", bad, Map.of())).getCode())
        .isEqualTo(FailureCode.PREFLIGHT);
  }

  @Test
  void damageThatWasProvenWholeByMistakeFailsTheProofAfterTheRestore() throws Exception {
    Baseline wrong = world.proven();
    try {
      StepError error =
          failure(world.restore("CORRUPT", wrong.getTakenAt().plusSeconds(1), Map.of()));
      assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
      assertThat(world.made()).as("what is not proven is not left").isEmpty();
    } finally {
      world.history.remove(wrong);
    }
  }
}
