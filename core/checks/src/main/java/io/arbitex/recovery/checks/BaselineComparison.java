package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.TableCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Holds a restored database against the baseline of the restore point that it came from. */
public final class BaselineComparison {
  private BaselineComparison() {}

  /**
   * A restored database that nobody has written to since: every count and the head must be the
   * baseline's. Checks: {@code rows:TABLE} for each table of the baseline, {@code alembic-head},
   * {@code audit-count}, {@code audit-head}.
   */
  public static List<CheckResult> exactly(Baseline baseline, Baseline measured) {
    return compare(baseline, measured, false);
  }

  /**
   * A restored database that was written to since: no count may be below the baseline's. The head
   * may be later; whether it is the same history is the chain's own check, against the baseline as
   * its anchor.
   */
  public static List<CheckResult> atLeast(Baseline baseline, Baseline measured) {
    return compare(baseline, measured, true);
  }

  private static List<CheckResult> compare(Baseline baseline, Baseline measured, boolean mayGrow) {
    List<CheckResult> results = new ArrayList<>();
    for (TableCount expected : baseline.getCounts()) {
      String check = "rows:" + expected.getTable();
      Optional<TableCount> found =
          measured.getCounts().stream()
              .filter(count -> count.getTable().equals(expected.getTable()))
              .findFirst();
      results.add(
          found
              .map(count -> count(check, expected.getRows(), count.getRows(), mayGrow))
              .orElseGet(() -> CheckResult.error(check, expected.getRows(), "was not counted")));
    }
    results.add(
        CheckResult.of(
            "alembic-head",
            baseline.getAlembicHead().equals(measured.getAlembicHead()),
            baseline.getAlembicHead(),
            measured.getAlembicHead()));
    results.add(count("audit-count", baseline.getAuditCount(), measured.getAuditCount(), mayGrow));
    String expectedHead = head(baseline);
    String measuredHead = head(measured);
    boolean later = mayGrow && measured.getAuditHeadId() > baseline.getAuditHeadId();
    results.add(
        CheckResult.of(
            "audit-head",
            later || expectedHead.equals(measuredHead),
            (mayGrow ? "at or after " : "") + expectedHead,
            measuredHead));
    return results;
  }

  private static CheckResult count(String check, long expected, long measured, boolean mayGrow) {
    return mayGrow
        ? CheckResult.of(check, measured >= expected, "at least " + expected, measured)
        : CheckResult.of(check, measured == expected, expected, measured);
  }

  private static String head(Baseline baseline) {
    return baseline.getAuditHeadId() + "/" + baseline.getAuditHeadHmac();
  }
}
