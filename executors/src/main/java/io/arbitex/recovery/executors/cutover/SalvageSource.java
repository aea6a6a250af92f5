package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether anything can be exported from the source. */
final class SalvageSource {
  /** For one that lived a moment ago. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long PAUSE_MILLIS = 500;

  private final CutoverSettings settings;

  SalvageSource(CutoverSettings settings) {
    this.settings = settings;
  }

  /**
   * Why nothing can be exported; empty when the table can be read, however damaged its pages are.
   *
   * @throws ActionFailure when it cannot be told
   */
  Optional<String> away(ActionContext context) throws ActionFailure, InterruptedException {
    boolean lived =
        context
            .fact(CutoverFacts.SOURCE_STATE)
            .filter(state -> !state.equals(CutoverFacts.UNREACHABLE))
            .isPresent();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return look(context);
      } catch (SQLException e) {
        if (!SourceJudge.noConnection(e)) {
          throw DatabaseFailures.of(settings.source(context).door().server().name(), e);
        }
        if (!lived || context.cancelled() || System.nanoTime() - end >= 0) {
          return Optional.of("the source is unreachable");
        }
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  private Optional<String> look(ActionContext context) throws SQLException, ActionFailure {
    CutoverSettings.Source source = settings.source(context);
    try (Connection connection = source.door().open(source.database(), AdminDoor.SHORT)) {
      // Takes the lock that an export needs, and reads no page of the table.
      Sql.number(connection, "SELECT count(*) FROM (SELECT 1 FROM audit_events LIMIT 0) x");
      return Optional.empty();
    } catch (SQLException e) {
      if (SourceJudge.noConnection(e)) {
        throw e;
      }
      PostgresErrors.Diagnosis found = PostgresErrors.diagnose(e);
      return switch (found.symptom()) {
        case HUNG -> Optional.of("the source hangs: " + DatabaseFailures.said(found));
        case DATA_MISSING, CORRUPT ->
            Optional.of("its audit events cannot be read: " + DatabaseFailures.said(found));
        default -> throw e;
      };
    }
  }
}
