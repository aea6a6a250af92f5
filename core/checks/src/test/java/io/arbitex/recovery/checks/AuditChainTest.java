package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditChainTest {
  private static final int EVENTS = 5_000;

  private static PostgresFixture postgres;
  private static int databases;

  private String database;

  @BeforeAll
  static void startServer() throws SQLException {
    postgres = PostgresFixture.start();
    postgres.createDatabase("template_chain");
    try (Connection connection = postgres.connect("template_chain")) {
      AuditTables.createFilled(connection, EVENTS);
    }
  }

  @AfterAll
  static void endServer() {
    postgres.close();
  }

  @BeforeEach
  void copyDatabase() throws SQLException {
    database = "chain_" + ++databases;
    postgres.execute("postgres", "CREATE DATABASE " + database + " TEMPLATE template_chain");
  }

  private ChainVerdict verify(int threads, Optional<ChainAnchor> anchor) throws Exception {
    return new AuditChain(AuditTables.KEY).verify(postgres.address(database), threads, anchor);
  }

  private ChainMistake firstMistake() throws Exception {
    ChainMistake alone = verify(1, Optional.empty()).firstMistake().orElseThrow();
    ChainMistake parallel = verify(3, Optional.empty()).firstMistake().orElseThrow();
    assertThat(parallel.id()).isEqualTo(alone.id());
    assertThat(parallel.kind()).isEqualTo(alone.kind());
    return alone;
  }

  private ChainAnchor anchor(long id) throws SQLException {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery("SELECT hmac FROM audit_events WHERE id = " + id)) {
      assertThat(found.next()).isTrue();
      return new ChainAnchor(id, id, found.getString(1));
    }
  }

  @Test
  void aWholeChainIsValidHoweverItIsCut() throws Exception {
    for (int threads : new int[] {1, 2, 5}) {
      ChainVerdict verdict = verify(threads, Optional.of(anchor(EVENTS)));
      assertThat(verdict.valid()).as("%s", verdict.firstMistake()).isTrue();
      assertThat(verdict.rows()).isEqualTo(EVENTS);
      assertThat(verdict.headId()).isEqualTo(EVENTS);
      assertThat(verdict.headHmac()).isEqualTo(anchor(EVENTS).headHmac());
    }
  }

  @Test
  void anEmptyChainIsValidButNotAgainstAnAnchor() throws Exception {
    ChainAnchor anchor = anchor(EVENTS);
    postgres.execute(database, "TRUNCATE audit_events");
    assertThat(verify(2, Optional.empty()).valid()).isTrue();
    assertThat(verify(2, Optional.of(anchor)).firstMistake().orElseThrow().kind())
        .isEqualTo(ChainMistake.Kind.CUT_TAIL);
  }

  @Test
  void aChangedPayloadIsFound() throws Exception {
    postgres.execute(database, "UPDATE audit_events SET payload = '{\"n\": 7}' WHERE id = 1234");
    ChainMistake mistake = firstMistake();
    assertThat(mistake.id()).isEqualTo(1234);
    assertThat(mistake.kind()).isEqualTo(ChainMistake.Kind.BAD_HMAC);
  }

  @Test
  void aChangedMomentOfOneMicrosecondIsFound() throws Exception {
    postgres.execute(
        database,
        "UPDATE audit_events SET created_at = created_at + interval '1 microsecond' WHERE id = 1");
    assertThat(firstMistake().id()).isEqualTo(1);
  }

  @Test
  void aChangedHmacIsFound() throws Exception {
    postgres.execute(database, "UPDATE audit_events SET hmac = repeat('a', 64) WHERE id = 2500");
    ChainMistake mistake = firstMistake();
    assertThat(mistake.id()).isEqualTo(2500);
    assertThat(mistake.kind()).isEqualTo(ChainMistake.Kind.BAD_HMAC);
  }

  @Test
  void aDeletedEventInTheMiddleIsFound() throws Exception {
    postgres.execute(database, "DELETE FROM audit_events WHERE id BETWEEN 3000 AND 3002");
    ChainMistake mistake = firstMistake();
    assertThat(mistake.id()).isEqualTo(3000);
    assertThat(mistake.kind()).isEqualTo(ChainMistake.Kind.MISSING_ID);
    assertThat(mistake.text()).isEqualTo("no events 3000 to 3002");
  }

  @Test
  void aDeletedWholeSegmentIsFound() throws Exception {
    postgres.execute(database, "DELETE FROM audit_events WHERE id BETWEEN 1000 AND 4000");
    assertThat(firstMistake().id()).isEqualTo(1000);
  }

  @Test
  void aDeletedFirstEventIsFound() throws Exception {
    postgres.execute(database, "DELETE FROM audit_events WHERE id = 1");
    assertThat(firstMistake().kind()).isEqualTo(ChainMistake.Kind.MISSING_ID);
  }

  @Test
  void aDeletedTailIsSeenOnlyWithAnAnchor() throws Exception {
    ChainAnchor anchor = anchor(EVENTS);
    postgres.execute(database, "DELETE FROM audit_events WHERE id > 4990");
    assertThat(verify(2, Optional.empty()).valid()).isTrue();
    ChainMistake mistake = verify(2, Optional.of(anchor)).firstMistake().orElseThrow();
    assertThat(mistake.kind()).isEqualTo(ChainMistake.Kind.CUT_TAIL);
    assertThat(mistake.id()).isEqualTo(4991);
  }

  @Test
  void swappedEventsAreFound() throws Exception {
    postgres.execute(
        database,
        "UPDATE audit_events SET id = CASE id WHEN 70 THEN -70 ELSE -71 END WHERE id IN (70, 71)",
        "UPDATE audit_events SET id = CASE id WHEN -70 THEN 71 ELSE 70 END WHERE id < 0");
    assertThat(firstMistake().id()).isEqualTo(70);
  }

  @Test
  void anEventBelowTheFirstIdIsFound() throws Exception {
    postgres.execute(database, "UPDATE audit_events SET id = -5 WHERE id = 5000");
    ChainMistake mistake = firstMistake();
    assertThat(mistake.id()).isEqualTo(-5);
    assertThat(mistake.kind()).isEqualTo(ChainMistake.Kind.UNEXPECTED_ID);
  }

  @Test
  void aRewrittenTailWithARightKeyIsSeenOnlyWithAnAnchor() throws Exception {
    ChainAnchor anchor = anchor(EVENTS);
    postgres.execute(database, "DELETE FROM audit_events WHERE id >= 4999");
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement()) {
      AuditTables.append(connection, 1);
      statement.execute("SET TIME ZONE 'UTC'");
      statement.execute("UPDATE audit_events SET actor = 'other' WHERE id = 4999");
      String previous = anchor(4998).headHmac();
      String hmac =
          new AuditHmac(AuditTables.KEY)
              .of(
                  previous,
                  4999,
                  4999 % 12 + 1,
                  "other",
                  "login",
                  java.time.Instant.parse("2026-01-01T00:00:00Z").plusNanos(4999 * 1_000_003_000L),
                  "{\"n\": 4999, \"note\": \"ü event\"}");
      statement.execute("UPDATE audit_events SET hmac = '" + hmac + "' WHERE id = 4999");
      AuditTables.append(connection, 1);
    }
    assertThat(verify(2, Optional.empty()).valid()).isTrue();
    ChainMistake mistake = verify(2, Optional.of(anchor)).firstMistake().orElseThrow();
    assertThat(mistake.kind()).isEqualTo(ChainMistake.Kind.OTHER_HISTORY);
    assertThat(mistake.id()).isEqualTo(EVENTS);
  }

  @Test
  void anotherKeyGivesNoValidChain() throws Exception {
    ChainVerdict verdict =
        new AuditChain("other".getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .verify(postgres.address(database), 2, Optional.empty());
    assertThat(verdict.mistakes()).isEqualTo(EVENTS);
    assertThat(verdict.asCheck().passed()).isFalse();
  }

  @Test
  void aLiveDatabaseIsSeenInOneSnapshot() throws Exception {
    Thread writer =
        new Thread(
            () -> {
              try (Connection connection = postgres.connect(database)) {
                while (!Thread.currentThread().isInterrupted()) {
                  AuditTables.append(connection, 5);
                }
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            },
            "test-writer");
    writer.start();
    try {
      for (int i = 0; i < 5; i++) {
        ChainVerdict verdict = verify(2, Optional.empty());
        assertThat(verdict.valid()).as("%s", verdict.firstMistake()).isTrue();
        assertThat(verdict.rows()).isEqualTo(verdict.headId());
      }
    } finally {
      writer.interrupt();
      writer.join();
    }
  }

  @Test
  void aMissingTableIsAnErrorAndNoVerdict() throws Exception {
    postgres.execute(database, "DROP TABLE audit_events");
    SQLException e = catchThrowableOfType(SQLException.class, () -> verify(2, Optional.empty()));
    assertThat(PostgresErrors.diagnose(e).code()).isEqualTo("42P01");
  }
}
