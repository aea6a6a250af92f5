package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.checks.Canary;
import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.RowLoss;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.TableCount;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a restored database is that of the moment it was to be restored to. */
final class MomentChecks {
  private MomentChecks() {}

  static CheckResult validIndexes(Connection inside) throws SQLException {
    long invalid =
        Sql.number(inside, "SELECT count(*) FROM pg_index WHERE NOT indisvalid OR NOT indisready");
    return CheckResult.of("invalid-indexes", invalid == 0, 0, invalid);
  }

  /**
   * What was acknowledged before the moment is there. Whether it is the same history is the chain's
   * own check, against the checkpoint as its anchor.
   *
   * @param canary id of the last one that was acknowledged before it; empty for none
   * @param found the newest one that came back
   */
  static List<CheckResult> reached(
      String canary, Optional<Canary.Row> found, Optional<Baseline> checkpoint, Baseline measured) {
    List<CheckResult> results = new ArrayList<>();
    if (!canary.isEmpty()) {
      long wanted = Long.parseLong(canary);
      long newest = found.map(Canary.Row::id).orElse(0L);
      results.add(
          CheckResult.of(
              "moment-reached",
              newest >= wanted,
              "the canary of " + moment(wanted),
              found.isEmpty() ? "none" : "the newest is of " + moment(newest)));
    }
    checkpoint.ifPresent(
        known ->
            results.add(
                CheckResult.of(
                    "audit-count",
                    measured.getAuditCount() >= known.getAuditCount(),
                    "at least " + known.getAuditCount(),
                    measured.getAuditCount())));
    return results;
  }

  /**
   * Between the snapshot that was proven and the moment lie milliseconds. What was changed in them
   * was audited, so no table differs by more rows than events were written.
   */
  static List<CheckResult> counts(Baseline known, Baseline measured) {
    long since = Math.max(0, measured.getAuditCount() - known.getAuditCount());
    List<CheckResult> results = new ArrayList<>();
    for (TableCount expected : known.getCounts()) {
      long found =
          measured.getCounts().stream()
              .filter(each -> each.getTable().equals(expected.getTable()))
              .mapToLong(TableCount::getRows)
              .findFirst()
              .orElse(expected.getRows());
      results.add(
          CheckResult.of(
              "rows:" + expected.getTable(),
              Math.abs(found - expected.getRows()) <= since,
              expected.getRows() + (since == 0 ? "" : ", give or take " + since),
              found));
    }
    results.add(
        CheckResult.of(
            "alembic-head",
            known.getAlembicHead().equals(measured.getAlembicHead()),
            known.getAlembicHead(),
            measured.getAlembicHead()));
    return results;
  }

  /** No table lost more rows since it was last proven whole than is daily business. */
  static CheckResult kept(Baseline known, Baseline measured, Map<String, Double> keeps) {
    List<String> losses = RowLoss.between(known, measured, keeps);
    return CheckResult.of(
        "rows-kept",
        losses.isEmpty(),
        "the rows of " + known.getTakenAt(),
        losses.isEmpty() ? "kept" : String.join("; ", losses));
  }

  private static Instant moment(long canaryId) {
    return Instant.EPOCH.plus(Duration.ofNanos(canaryId * 1_000));
  }
}
