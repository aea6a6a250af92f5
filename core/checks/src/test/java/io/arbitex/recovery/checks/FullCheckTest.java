package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.checks.FullCheck.Verdict;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Symptom;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a full check and a look at the chain's end say of a real database, damaged in each way. */
@Timeout(60)
class FullCheckTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> TABLES = List.of("tenants", "policy_rules", "audit_events");
  private static PostgresFixture postgres;
  private static int databases;

  private String database;

  @BeforeAll
  static void startServer() throws SQLException {
    postgres = PostgresFixture.start(List.of("track_commit_timestamp = on"));
    postgres.createDatabase("template_whole");
    try (Connection connection = postgres.connect("template_whole")) {
      AuditTables.createFilled(connection, 2_000);
    }
  }

  @AfterAll
  static void endServer() {
    postgres.close();
  }

  @BeforeEach
  void copyDatabase() throws SQLException {
    database = "whole" + ++databases;
    postgres.execute("postgres", "CREATE DATABASE " + database + " TEMPLATE template_whole");
  }

  private Verdict check(Optional<Baseline> checkpoint, Map<String, Double> keeps)
      throws SQLException, InterruptedException {
    return check(AuditTables.KEY, TABLES, checkpoint, keeps, LIMIT);
  }

  private Verdict check(
      byte[] key,
      List<String> tables,
      Optional<Baseline> checkpoint,
      Map<String, Double> keeps,
      Duration limit)
      throws SQLException, InterruptedException {
    try (Connection connection = postgres.connect(database)) {
      return new FullCheck("lab", "postgresql", tables, keeps, Clock.systemUTC())
          .run(connection, "observer-a", key, checkpoint, List.of(), limit);
    }
  }

  private Optional<Baseline> proven() throws SQLException, InterruptedException {
    Verdict verdict = check(Optional.empty(), Map.of());
    assertThat(verdict.detail()).isEmpty();
    assertThat(verdict.proven()).isPresent();
    return verdict.proven();
  }

  private void assertFound(Verdict verdict, Symptom symptom, String... said) {
    assertThat(verdict.proven()).isEmpty();
    assertThat(verdict.symptom()).as(verdict.detail()).isEqualTo(symptom);
    assertThat(verdict.detail()).contains(said);
  }

  // ---- the audit chain ------------------------------------------------------------------------

  @Test
  void anOldEventThatWasRewrittenIsFoundByTheFullCheckAlone() throws Exception {
    Optional<Baseline> before = proven();
    ChainAnchor seen = begin();
    postgres.execute(
        database, "UPDATE audit_events SET payload = '{\"n\": 7}' WHERE id IN (321, 1234)");
    assertFound(
        check(before, Map.of()),
        Symptom.CORRUPT,
        "2 mistakes",
        "2000 events",
        "BAD_HMAC at id 321");
    assertThat(advance(seen).mistake()).isEmpty();
  }

  @Test
  void aRecentEventThatWasRewrittenIsFoundByTheNextLook() throws Exception {
    ChainAnchor seen = begin();
    append(5);
    postgres.execute(database, "UPDATE audit_events SET actor = 'mallory' WHERE id = 2003");
    ChainTail.Step step = advance(seen);
    assertThat(step.mistake().orElseThrow().id()).isEqualTo(2003);
    assertThat(step.seen()).isEqualTo(seen);
  }

  @Test
  void theNewestKnownEventIsVerifiedAgainThoughItsHmacIsUntouched() throws Exception {
    ChainAnchor seen = begin();
    postgres.execute(database, "UPDATE audit_events SET actor = 'mallory' WHERE id = 2000");
    assertThat(advance(seen).mistake().orElseThrow().kind()).isEqualTo(ChainMistake.Kind.BAD_HMAC);
  }

  @Test
  void aTailThatWasCutIsFoundByBothThoughTheRestIsAChain() throws Exception {
    Optional<Baseline> before = proven();
    ChainAnchor seen = begin();
    postgres.execute(database, "DELETE FROM audit_events WHERE id > 1998");
    assertThat(advance(seen).mistake().orElseThrow().kind()).isEqualTo(ChainMistake.Kind.CUT_TAIL);
    assertFound(check(before, Map.of()), Symptom.CORRUPT, "CUT_TAIL at id 1999");
    // Who cut it went on: the ids are there again, and each follows the one before.
    postgres.execute(database, "DELETE FROM audit_events WHERE id = 1998");
    append(10, "other-key".getBytes(StandardCharsets.UTF_8));
    assertFound(check(before, Map.of()), Symptom.CORRUPT, "BAD_HMAC at id 1998");
    assertThat(advance(seen).mistake().orElseThrow().kind())
        .isEqualTo(ChainMistake.Kind.OTHER_HISTORY);
  }

  @Test
  void eventsThatAreGoneSinceTheyWereSeenAreFoundThoughTheCheckpointKnewNoneOfThem()
      throws Exception {
    Optional<Baseline> before = proven();
    append(10);
    List<ChainAnchor> seen = List.of(begin());
    postgres.execute(database, "DELETE FROM audit_events WHERE id > 2005");
    assertThat(check(before, Map.of()).detail()).isEmpty();
    try (Connection connection = postgres.connect(database)) {
      assertFound(
          new FullCheck("lab", "postgresql", TABLES, Map.of(), Clock.systemUTC())
              .run(connection, "observer-a", AuditTables.KEY, before, seen, LIMIT),
          Symptom.CORRUPT,
          "CUT_TAIL at id 2006");
    }
  }

  @Test
  void aBurstIsFollowedInSeveralLooks() throws Exception {
    ChainAnchor seen = begin();
    append(700);
    int looks = 0;
    while (seen.headId() < 2_700) {
      ChainTail.Step step = advance(seen);
      assertThat(step.mistake()).isEmpty();
      seen = step.seen();
      looks++;
    }
    assertThat(looks).isEqualTo(3);
    assertThat(advance(seen).seen()).isEqualTo(seen);
  }

  @Test
  void anEmptyChainIsFollowedFromItsFirstEvent() throws Exception {
    postgres.execute(database, "TRUNCATE audit_events");
    ChainAnchor seen = advance(begin()).seen();
    append(3);
    assertThat(advance(seen).seen().headId()).isEqualTo(3);
  }

  @Test
  void anEventAppendedByARecoveryIsPartOfTheChain() throws Exception {
    Optional<Baseline> before = proven();
    ChainAnchor seen = begin();
    try (Connection connection = postgres.connect(database)) {
      connection.setAutoCommit(false);
      new RecoveryEvent("i-1", "c-1", "point", before.get().getTakenAt(), 5)
          .append(connection, AuditTables.KEY, Clock.systemUTC());
      connection.commit();
    }
    assertThat(check(before, Map.of()).detail()).isEmpty();
    assertThat(advance(seen).mistake()).isEmpty();
  }

  @Test
  void anotherKeyIsNoCorruptionWhileNothingProvesTheKey() throws Exception {
    byte[] other = "another-key".getBytes(StandardCharsets.UTF_8);
    assertFound(
        check(other, TABLES, Optional.empty(), Map.of(), LIMIT),
        Symptom.UNCLASSIFIED,
        "the key is another one");
    try (Connection connection = postgres.connect(database)) {
      assertThat(ChainTail.begin(connection, other)).isEmpty();
    }
    // With a checkpoint that this key has signed, it is the chain that is another one.
    assertFound(check(other, TABLES, proven(), Map.of(), LIMIT), Symptom.CORRUPT, "2000 mistakes");
  }

  /** Review: a platform that went on with a new key was called corrupt. */
  @Test
  void aKeyThatWasChangedInTheMiddleIsNoCorruptionAndARewrittenEventIs() throws Exception {
    byte[] other = "another-key".getBytes(StandardCharsets.UTF_8);
    try (Connection connection = postgres.connect(database)) {
      connection.setAutoCommit(false);
      new RecoveryEvent("i-1", "c-1", "point", Instant.now(), 5)
          .append(connection, other, Clock.systemUTC());
      connection.commit();
    }
    assertFound(
        check(other, TABLES, Optional.empty(), Map.of(), LIMIT),
        Symptom.UNCLASSIFIED,
        "no event up to 2000 of 2001 fits the audit key");
    assertFound(
        check(AuditTables.KEY, TABLES, Optional.empty(), Map.of(), LIMIT),
        Symptom.CORRUPT,
        "1 mistakes");
  }

  // ---- the tables -----------------------------------------------------------------------------

  @Test
  void halfOfTheTenantsIsMissing() throws Exception {
    Optional<Baseline> before = proven();
    postgres.execute(
        database,
        "DELETE FROM policy_rules WHERE tenant_id > 6",
        "DELETE FROM tenants WHERE id > 6");
    Verdict verdict = check(before, Map.of());
    assertFound(
        verdict,
        Symptom.DATA_MISSING,
        "tenants has lost 6 of 12 rows since " + before.get().getTakenAt(),
        "policy_rules has lost");
    assertFound(check(before, Map.of("policy_rules", 0.0)), Symptom.DATA_MISSING, "tenants");
    assertThat(check(before, Map.of("policy_rules", 0.0, "tenants", 0.5)).proven()).isPresent();
  }

  @Test
  void oneTenantThatLeavesIsDailyBusinessHoweverFewThereAre() throws Exception {
    postgres.execute(database, "DELETE FROM policy_rules", "DELETE FROM tenants WHERE id > 3");
    Optional<Baseline> before = proven();
    postgres.execute(database, "DELETE FROM tenants WHERE id = 3");
    assertThat(check(before, Map.of()).detail()).isEmpty();
    assertFound(check(before, Map.of("tenants", 1.0)), Symptom.DATA_MISSING, "1 of 3");
    postgres.execute(database, "DELETE FROM tenants WHERE id = 2");
    Optional<Baseline> one = proven();
    postgres.execute(database, "DELETE FROM tenants");
    assertFound(check(one, Map.of()), Symptom.DATA_MISSING, "1 of 1");
  }

  @Test
  void aTableThatWasDroppedIsMissingAndAMisspeltOneIsNot() throws Exception {
    Optional<Baseline> before = proven();
    postgres.execute(database, "DROP TABLE policy_rules");
    assertFound(check(before, Map.of()), Symptom.DATA_MISSING, "policy_rules is gone");
    assertFound(check(Optional.empty(), Map.of()), Symptom.UNCLASSIFIED, "policy_rules");
    assertFound(
        check(AuditTables.KEY, List.of("tenants", "tennants"), before, Map.of(), LIMIT),
        Symptom.UNCLASSIFIED,
        "tennants");
  }

  // ---- the moment -----------------------------------------------------------------------------

  @Test
  void everythingInACheckpointWasCommittedBeforeItsMoment() throws Exception {
    List<Thread> writers = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      int rule = 1_000_000 * i;
      Thread writer = new Thread(() -> write(rule));
      writer.start();
      writers.add(writer);
    }
    List<Baseline> checkpoints = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      checkpoints.add(proven().orElseThrow());
    }
    for (Thread writer : writers) {
      writer.interrupt();
      writer.join();
    }
    // A restore to the moment brings at least what was counted in the checkpoint.
    for (Baseline checkpoint : checkpoints) {
      long counted = checkpoint.getCounts().get(1).getRows();
      assertThat(committedBefore(checkpoint)).isGreaterThanOrEqualTo(counted);
    }
    assertThat(checkpoints.get(19).getCounts().get(1).getRows())
        .as("somebody wrote meanwhile")
        .isGreaterThan(checkpoints.get(0).getCounts().get(1).getRows());
  }

  private void write(int from) {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement()) {
      for (int id = from; !Thread.currentThread().isInterrupted(); id++) {
        statement.execute("INSERT INTO policy_rules VALUES (" + id + ", 1, 'rule')");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private long committedBefore(Baseline checkpoint) throws SQLException {
    OffsetDateTime moment = checkpoint.getTakenAt().atOffset(ZoneOffset.UTC);
    try (Connection connection = postgres.connect(database);
        var statement =
            connection.prepareStatement(
                "SELECT count(*) FROM policy_rules WHERE pg_xact_commit_timestamp(xmin) < ?")) {
      statement.setObject(1, moment);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Test
  void aCheckThatRunsOutOfTimeProvesNothingAndFindsNothing() throws Exception {
    try (Connection holder = postgres.connect(database);
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("LOCK TABLE tenants");
      assertThatThrownBy(
              () ->
                  check(
                      AuditTables.KEY, TABLES, Optional.empty(), Map.of(), Duration.ofMillis(200)))
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("57014"));
    }
  }

  // ---- how it is looked -----------------------------------------------------------------------

  private ChainAnchor begin() throws SQLException, InterruptedException {
    try (Connection connection = postgres.connect(database)) {
      return ChainTail.begin(connection, AuditTables.KEY).orElseThrow();
    }
  }

  private ChainTail.Step advance(ChainAnchor seen) throws SQLException, InterruptedException {
    try (Connection connection = postgres.connect(database)) {
      return ChainTail.advance(connection, AuditTables.KEY, seen, 1, 300);
    }
  }

  private void append(long events) throws SQLException {
    append(events, AuditTables.KEY);
  }

  private void append(long events, byte[] key) throws SQLException {
    try (Connection connection = postgres.connect(database)) {
      AuditTables.append(connection, events, key);
    }
  }
}
