package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.TableCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tables that have lost more rows since a checkpoint than is daily business. One row may always go,
 * since one of five tenants that leaves is no disaster, unless it was the last one.
 */
public final class RowLoss {
  /** Share of a table's rows that must remain where the inventory says nothing. */
  private static final double KEEPS = 0.9;

  private RowLoss() {}

  /**
   * What is missing, one text for each table.
   *
   * @param keeps share of its rows that must remain, by table, 0 to 1; 0 for a table that may be
   *     emptied, 1 for one that only grows
   */
  public static List<String> between(Baseline before, Baseline now, Map<String, Double> keeps) {
    return between(before.getCounts(), now.getCounts(), keeps, before.getTakenAt().toString());
  }

  /**
   * The same of counts that are no baseline.
   *
   * @param since when there were so many before, for people
   */
  public static List<String> between(
      List<TableCount> before, List<TableCount> now, Map<String, Double> keeps, String since) {
    List<String> losses = new ArrayList<>();
    for (TableCount known : before) {
      now.stream()
          .filter(count -> count.getTable().equals(known.getTable()))
          .filter(
              count ->
                  isLoss(
                      known.getRows(),
                      count.getRows(),
                      keeps.getOrDefault(known.getTable(), KEEPS)))
          .map(
              count ->
                  "%s has lost %d of %d rows since %s"
                      .formatted(
                          known.getTable(),
                          known.getRows() - count.getRows(),
                          known.getRows(),
                          since))
          .forEach(losses::add);
    }
    return losses;
  }

  private static boolean isLoss(long before, long now, double keeps) {
    if (keeps == 0 || now >= before) {
      return false;
    }
    return now == 0 || keeps == 1 || (now < before * keeps && before - now > 1);
  }
}
