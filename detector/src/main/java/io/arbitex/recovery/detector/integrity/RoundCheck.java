package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.ChainTail;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.record.Symptom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each round of the probe looks at beside the ordinary: the events since the last round, and
 * the server's count of pages whose checksum was wrong. What cannot be looked at in time says
 * nothing; the next round tries again.
 */
final class RoundCheck {
  private static final Logger log = LoggerFactory.getLogger(RoundCheck.class);

  /** Some 25 ms of reading: a burst is caught up with over several rounds. */
  private static final int EVENTS = 10_000;

  /** What takes time: the statistics, the newest event, the one known before, the rows. */
  private static final int STATEMENTS = 4;

  private final AuditKey key;
  private volatile boolean misfit;
  private volatile boolean late;

  RoundCheck(AuditKey key) {
    this.key = key;
  }

  /**
   * Looks.
   *
   * @param connection in auto-commit; not to be used afterwards
   * @param left of the time of this look, more than 0
   */
  void look(Connection connection, KnownDatabase known, Duration left) throws InterruptedException {
    try {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "SET LOCAL statement_timeout = " + Math.max(1, left.toMillis() / STATEMENTS));
        checksums(statement, known);
      }
      Optional<byte[]> readable = key.read();
      if (readable.isPresent()) {
        tail(connection, readable.get(), known);
      }
      connection.rollback();
      late = false;
    } catch (SQLException e) {
      PostgresErrors.Diagnosis diagnosis = PostgresErrors.diagnose(e);
      if (diagnosis.symptom() == Symptom.CORRUPT) {
        known.byTail(
            Optional.of(
                new Finding(
                    Symptom.CORRUPT,
                    "the newest audit events cannot be read: %s (%s)"
                        .formatted(diagnosis.message(), diagnosis.code()))));
      } else {
        if (!late) {
          log.info("the newest events are not looked at for now: {}", diagnosis.message());
        }
        late = true;
      }
    }
  }

  /**
   * Whoever has judged and mended the page clears the count with pg_stat_reset(). The row of the
   * shared catalogues is left out: it would follow a database that was restored on that server.
   */
  private static void checksums(Statement statement, KnownDatabase known) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT checksum_failures, checksum_last_failure FROM pg_stat_database"
                + " WHERE datname = current_database()")) {
      boolean failed = row.next() && row.getLong(1) > 0;
      known.byChecksums(
          failed
              ? Optional.of(
                  new Finding(
                      Symptom.CORRUPT,
                      "%d times a page had a wrong checksum, the last time at %s"
                          .formatted(row.getLong(1), row.getString(2))))
              : Optional.empty());
    }
  }

  private void tail(Connection connection, byte[] key, KnownDatabase known)
      throws SQLException, InterruptedException {
    if (known.seen().isEmpty()) {
      ChainTail.begin(connection, key).ifPresent(known::begin);
    }
    Optional<ChainAnchor> seen = known.seen();
    if (seen.isEmpty()) {
      if (!misfit) {
        log.error("the newest audit event does not fit the audit key: one of them is wrong");
      }
      misfit = true;
      return;
    }
    misfit = false;
    ChainTail.Step step = ChainTail.advance(connection, key, seen.get(), known.began(), EVENTS);
    known.follow(step.seen());
    known.byTail(
        step.mistake()
            .map(
                mistake ->
                    new Finding(
                        Symptom.CORRUPT, "the audit chain is broken at its end: " + mistake)));
  }
}
