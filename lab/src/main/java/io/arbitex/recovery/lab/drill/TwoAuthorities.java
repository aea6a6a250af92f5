package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The database that the platform left and the one that it uses now, both up: on which of them did
 * acknowledged events land? Looked at as the servers' admin; nobody of the pipeline sees this.
 *
 * @param old that the component is not bound to any more
 * @param bound that the platform's Secret names
 */
record TwoAuthorities(DatabaseAddress old, DatabaseAddress bound) {
  /** An answer may reach its client that long after the commit that it is about. */
  private static final Duration ON_THE_WAY = Duration.ofSeconds(2);

  /**
   * How far the old one is.
   *
   * @param events of the audit log
   * @param newest id of it
   * @param sessions of the platform's role
   */
  record Head(long events, long newest, long sessions) {}

  /**
   * Where events landed that were acknowledged since the loss.
   *
   * @param onBound where they belong
   * @param onTheWay committed before the loss, their answer came right after it: part of the loss
   * @param onOldOnly written to the database that is not bound; must be 0
   * @param nowhere in neither; must be 0
   */
  record Landed(long onBound, long onTheWay, long onOldOnly, long nowhere) {
    String line() {
      return "acknowledged since the loss: %d on the bound server, %d on their way at the loss, %d on the old one only, %d nowhere"
          .formatted(onBound, onTheWay, onOldOnly, nowhere);
    }
  }

  Head oldHead() throws SQLException {
    try (Connection connection = connect(old);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*), max(id), (SELECT count(*) FROM pg_stat_activity WHERE usename ="
                    + " 'arbitex_app') FROM audit_events")) {
      row.next();
      return new Head(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }

  /**
   * Looks for each event of the ledger that was acknowledged since.
   *
   * @param gone when the old server was away for sure
   */
  Landed landed(List<TrafficLedger.Entry> ledger, Instant gone) throws SQLException {
    List<TrafficLedger.Entry> since =
        ledger.stream().filter(entry -> !entry.at().isBefore(gone)).toList();
    List<TrafficLedger.Entry> notBound = missing(since, bound);
    Set<TrafficLedger.Entry> nowhere = new HashSet<>(missing(notBound, old));
    long onTheWay =
        notBound.stream()
            .filter(entry -> !nowhere.contains(entry))
            .filter(entry -> entry.at().isBefore(gone.plus(ON_THE_WAY)))
            .count();
    return new Landed(
        since.size() - notBound.size(),
        onTheWay,
        notBound.size() - nowhere.size() - onTheWay,
        nowhere.size());
  }

  /** Events that are not in a database. */
  static List<TrafficLedger.Entry> missing(
      List<TrafficLedger.Entry> entries, DatabaseAddress database) throws SQLException {
    try (Connection connection = connect(database)) {
      return TrafficLedger.compare(entries, connection).lost();
    }
  }

  private static Connection connect(DatabaseAddress address) throws SQLException {
    return address.connect("drill", Duration.ofSeconds(5), Duration.ofSeconds(60));
  }
}
