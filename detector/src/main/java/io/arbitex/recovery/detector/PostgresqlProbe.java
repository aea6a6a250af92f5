package io.arbitex.recovery.detector;

import io.arbitex.recovery.checks.Canary;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.detector.integrity.DataLook;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.runtime.Bindings;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Connects, reads and writes, each under a limit: a new connection each time, since an old one says
 * nothing of the door. The write is the canary row, so that what was acknowledged last is known.
 */
final class PostgresqlProbe {
  private final String platform;
  private final String component;
  private final String observer;
  private final Duration limit;
  private final Clock clock;
  private final Consumer<Baseline> canaries;
  private final DataLook integrity;

  /**
   * @param limit for the connection, and again for each answer; whole seconds
   * @param canaries told of each row that the database has acknowledged
   * @param integrity asked about the data once the database has answered in half of the time
   */
  PostgresqlProbe(
      String platform,
      String component,
      String observer,
      Duration limit,
      Clock clock,
      Consumer<Baseline> canaries,
      DataLook integrity) {
    this.platform = platform;
    this.component = component;
    this.observer = observer;
    this.limit = limit;
    this.clock = clock;
    this.canaries = canaries;
    this.integrity = integrity;
  }

  /**
   * Looks once at that database.
   *
   * @throws InterruptedException when the look is called off
   */
  Observation look(Bindings.Database target, Instant at) throws InterruptedException {
    long begun = System.nanoTime();
    DatabaseAddress address;
    try {
      address = DatabaseAddress.of(target.server(), target.database());
    } catch (IOException e) {
      return Observation.unknown("the observer cannot read its own credentials: " + e, at);
    }
    try (Connection connection = address.connect("recovery-probe", limit, limit)) {
      read(connection);
      Optional<Baseline> written = Canary.write(connection, platform, component, observer, clock);
      written.ifPresent(canaries);
      Duration left = limit.dividedBy(2).minusNanos(System.nanoTime() - begun);
      return integrity
          .look(connection, target, left)
          .map(wrong -> bad(wrong.symptom(), wrong.detail(), at))
          .orElseGet(() -> Observation.up(at));
    } catch (SQLException e) {
      PostgresErrors.Diagnosis diagnosis = PostgresErrors.diagnose(e);
      String detail = "%s (%s)".formatted(diagnosis.message(), diagnosis.code());
      return bad(diagnosis.symptom(), detail, at);
    }
  }

  private static Observation bad(Symptom symptom, String detail, Instant at) {
    return new Observation(status(symptom), symptom, detail, at);
  }

  private static void read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id FROM audit_events ORDER BY id DESC LIMIT 1")) {
      row.next();
    }
  }

  /** What cannot be read or reached is down; what answers but does not serve is degraded. */
  private static HealthStatus status(Symptom symptom) {
    return switch (symptom) {
      case UNREACHABLE, HUNG, DATA_MISSING, DATA_LOST, STARTING -> HealthStatus.DOWN;
      case CORRUPT,
          READ_ONLY,
          DISK_FULL,
          TOO_MANY_CONNECTIONS,
          AUTHENTICATION,
          CERTIFICATE,
          BUSY,
          WRITES_REFUSED,
          PERSISTENCE_FAILED ->
          HealthStatus.DEGRADED;
      case NONE, UNCLASSIFIED -> HealthStatus.DEGRADED;
    };
  }
}
