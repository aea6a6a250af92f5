package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.checks.RowLoss;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.CriticalRows;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.TableCount;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is wrong with a source that answers: it must take a write, have read no page with a wrong
 * checksum, have kept the rows that the restore and the newest checkpoint know of, and its whole
 * audit chain must hold and contain the ends that they know. The checks that a server answers at
 * once come first, with a short limit, so that one that hangs is told soon.
 */
final class SourceChecks {
  private static final int CHAIN_THREADS = 2;

  private final CutoverSettings settings;

  SourceChecks(CutoverSettings settings) {
    this.settings = settings;
  }

  /**
   * Looks.
   *
   * @param connection to the source, with a short limit for each answer
   * @return empty when it is sound
   * @throws ActionFailure PREFLIGHT when it cannot be judged; TARGET_UNREACHABLE when Kafka does
   *     not say what was proven of it
   */
  Optional<String> unsound(
      ActionContext context, CutoverSettings.Source source, Connection connection)
      throws SQLException, ActionFailure, InterruptedException {
    if (Sql.yes(connection, "SELECT pg_is_in_recovery()")) {
      return Optional.of("it is in recovery and takes no writes");
    }
    if (!Sql.column(connection, "SHOW transaction_read_only").equals(List.of("off"))) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the source lives and its data can be read, but it is set to take no writes",
          "See who set default_transaction_read_only and why; a restore would not help.");
    }
    // Makes the server write and flush a commit, and changes nothing that anybody could read.
    connection.setAutoCommit(false);
    Sql.column(connection, "SELECT pg_current_xact_id()::text");
    connection.commit();
    connection.setAutoCommit(true);
    List<TableCount> restored =
        CriticalRows.parse(context.fact(RestoreFacts.CRITICAL_ROWS).orElse(""));
    Optional<String> atOnce = empty(connection, restored);
    return atOnce.isPresent() ? atOnce : thorough(context, source, connection, restored);
  }

  private Optional<String> thorough(
      ActionContext context,
      CutoverSettings.Source source,
      Connection connection,
      List<TableCount> restored)
      throws SQLException, ActionFailure, InterruptedException {
    byte[] key = settings.auditKey();
    Optional<Baseline> checkpoint = settings.checkpoints().newest(context, key, Optional.empty());
    List<String> lost = lost(context, source, restored, checkpoint);
    if (!lost.isEmpty()) {
      return Optional.of(String.join("; ", lost));
    }
    List<ChainAnchor> anchors = new ArrayList<>();
    restored(context).ifPresent(anchors::add);
    checkpoint.map(ChainAnchor::of).ifPresent(anchors::add);
    ChainVerdict chain =
        new AuditChain(key, AdminDoor.CONNECT, context.remaining())
            .verify(source.door().address(source.database()), CHAIN_THREADS, anchors);
    if (!chain.valid()) {
      return Optional.of(chain.asCheck().measured());
    }
    // Asked last, since what was read meanwhile counts too.
    long failures =
        Sql.number(
            connection,
            "SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database"
                + " WHERE datname = current_database()");
    return failures == 0
        ? Optional.empty()
        : Optional.of(failures + " of its pages had a wrong checksum when they were read");
  }

  /** A table of which not one row is left, that is not known to have been so or meant to be so. */
  private Optional<String> empty(Connection connection, List<TableCount> restored)
      throws SQLException {
    Map<String, Double> keeps = settings.postgresql().keeps();
    for (String table : settings.postgresql().criticalTables()) {
      // A table of the inventory, which the platform's owner wrote.
      long rows =
          Sql.number(
              connection, "SELECT count(*) FROM (SELECT 1 FROM " + quoted(table) + " LIMIT 1) x");
      boolean mayBe =
          keeps.getOrDefault(table, 1.0) == 0
              || restored.stream()
                  .anyMatch(known -> known.getTable().equals(table) && known.getRows() == 0);
      if (rows == 0 && !mayBe) {
        return Optional.of("its critical table " + table + " is empty");
      }
    }
    return Optional.empty();
  }

  private List<String> lost(
      ActionContext context,
      CutoverSettings.Source source,
      List<TableCount> restored,
      Optional<Baseline> checkpoint)
      throws SQLException, ActionFailure {
    if (restored.isEmpty() && checkpoint.isEmpty()) {
      return List.of();
    }
    // Counting takes as long as the tables are large: that is not a server that hangs.
    try (Connection patient = source.door().open(source.database(), context.remaining())) {
      Baseline now =
          new BaselineReader(
                  settings.platform().name(),
                  context.command().getComponent(),
                  settings.postgresql().criticalTables(),
                  context.clock())
              .read(patient, source.door().server().name());
      Map<String, Double> keeps = settings.postgresql().keeps();
      List<String> lost =
          new ArrayList<>(
              RowLoss.between(
                  restored,
                  now.getCounts(),
                  keeps,
                  context.fact(RestoreFacts.TAKEN_AT).orElse("the moment of the restore point")));
      checkpoint.ifPresent(known -> lost.addAll(RowLoss.between(known, now, keeps)));
      return lost;
    }
  }

  private static Optional<ChainAnchor> restored(ActionContext context) {
    return context
        .fact(CutoverFacts.AUDIT_HEAD)
        .map(
            head ->
                new ChainAnchor(
                    Long.parseLong(context.required(CutoverFacts.AUDIT_COUNT)),
                    Long.parseLong(head),
                    context.required(CutoverFacts.AUDIT_HEAD_HMAC)));
  }

  private static String quoted(String table) {
    return "\"" + table.replace("\"", "\"\"").replace(".", "\".\"") + "\"";
  }
}
