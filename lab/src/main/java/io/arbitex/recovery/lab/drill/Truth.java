package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.LossMetric;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What really happened, from the traffic's own ledger and the servers themselves: nobody of the
 * pipeline can see this.
 *
 * @param acknowledged events that clients had been told were kept, before the break
 * @param lost of those, how many are not in the recovered database
 * @param lostBefore of those, how many were acknowledged before the restore point was taken; must
 *     be 0
 * @param databases on the spare server, besides PostgreSQL's own
 */
public record Truth(long acknowledged, long lost, long lostBefore, List<String> databases) {

  /**
   * Looks into the ledger and the servers.
   *
   * @param database that the platform uses
   * @param ledger as it was at the break
   * @param restorePointTakenAt the moment up to which everything must be there
   */
  static Truth of(
      Lab lab,
      DatabaseAddress database,
      List<TrafficLedger.Entry> ledger,
      Instant restorePointTakenAt)
      throws IOException, SQLException {
    TrafficLedger.Comparison comparison;
    try (Connection connection = connect(database)) {
      comparison = TrafficLedger.compare(ledger, connection);
    }
    long before =
        comparison.lost().stream()
            .filter(entry -> entry.at().isBefore(restorePointTakenAt))
            .count();
    return new Truth(ledger.size(), comparison.lost().size(), before, databases(lab));
  }

  /** The same, held against the loss that the verifier measured of an incident. */
  static Truth measured(
      Lab lab, IncidentRecords records, List<TrafficLedger.Entry> ledger, List<String> failures)
      throws IOException, SQLException {
    return measured(lab, lab.platformDatabase(), records, ledger, failures);
  }

  /** The same, of the database that the platform uses now. */
  static Truth measured(
      Lab lab,
      DatabaseAddress database,
      IncidentRecords records,
      List<TrafficLedger.Entry> ledger,
      List<String> failures)
      throws IOException, SQLException {
    Optional<LossMetric> loss = records.losses().stream().reduce((a, b) -> b);
    Truth truth =
        of(lab, database, ledger, loss.map(LossMetric::getRestorePointTakenAt).orElse(Instant.MAX));
    if (loss.isEmpty()) {
      failures.add("no loss was measured");
      return truth;
    }
    Demand.that(
        failures,
        "the true loss of %d lies inside the measured %d to %d"
            .formatted(truth.lost(), loss.get().getLostEventsMin(), loss.get().getLostEventsMax()),
        truth.lost() >= loss.get().getLostEventsMin()
            && truth.lost() <= loss.get().getLostEventsMax(),
        "outside");
    Demand.that(
        failures,
        "nothing of before the restore point is missing",
        truth.lostBefore() == 0,
        truth.lostBefore() + " events");
    return truth;
  }

  /** Databases on the spare server that the pipeline may have made. */
  static List<String> databases(Lab lab) throws IOException, SQLException {
    List<String> names = new ArrayList<>();
    try (Connection connection = connect(lab.admin("spare", "postgres"));
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
                    + " ORDER BY 1")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static Connection connect(DatabaseAddress address) throws SQLException {
    return address.connect("drill", Duration.ofSeconds(5), Duration.ofSeconds(60));
  }
}
