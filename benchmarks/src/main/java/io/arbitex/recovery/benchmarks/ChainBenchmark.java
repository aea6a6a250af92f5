package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.AuditHmac;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The recomputation of the audit chain beside what anybody would write first, one cursor and one
 * string per event, and beside reading the events only. Traffic is off.
 */
@Command(
    name = "chain",
    mixinStandardHelpOptions = true,
    description = "The audit chain's check beside a naive cursor and beside reading only.")
final class ChainBenchmark implements Callable<Integer> {
  private static final double TARGET = 1.7;
  private static final int FETCH = 1_000;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Option(
      names = "--events",
      defaultValue = "500000",
      description = "Events of the chain (default: ${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--runs",
      defaultValue = "5",
      description = "Interleaved runs, after one that warms up (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--folder",
      defaultValue = ".lab-bench",
      description = "Where its lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  private DatabaseAddress address;
  private byte[] key;

  /** One way to go over all events; returns how many there were. */
  @FunctionalInterface
  private interface Walk {
    long rows() throws SQLException, InterruptedException;
  }

  @Override
  public Integer call() throws Exception {
    Lab lab = new Lab(folder);
    BenchLab.endAtExit(lab);
    lab.up(
        LabOptions.DEFAULT.withEvents(events).worldOnly(), line -> System.err.println("  " + line));
    lab.kill("traffic");
    address = lab.platformDatabase();
    key =
        Files.readString(lab.folder().secrets().resolve("audit-key"), StandardCharsets.UTF_8)
            .strip()
            .getBytes(StandardCharsets.UTF_8);
    Pairs cursor = new Pairs("naive cursor", new ArrayList<>());
    Pairs reading = new Pairs("reading only (COPY BINARY)", new ArrayList<>());
    Pairs one = new Pairs("chain check, 1 session", new ArrayList<>());
    Pairs two = new Pairs("chain check, 2 sessions", new ArrayList<>());
    long rows = 0;
    for (int run = 0; run <= runs; run++) {
      rows = measure(run, cursor, this::naive);
      measure(run, reading, this::readOnly);
      measure(run, one, () -> check(1));
      measure(run, two, () -> check(2));
    }
    System.out.println(rows + " events; median of " + runs + " interleaved runs");
    for (Pairs each : List.of(cursor, reading, one, two)) {
      System.out.printf("%10.0f events/s  %s%n", rows / each.median(), each.row(cursor));
    }
    double ratio = cursor.median() / two.median();
    boolean met = ratio >= TARGET;
    System.out.printf(
        "chain check %.2f × as fast as the naive cursor; target ≥ %.1f: %s%n",
        ratio, TARGET, met ? "met" : "MISSED");
    return met ? 0 : 1;
  }

  private static long measure(int run, Pairs into, Walk walk)
      throws SQLException, InterruptedException {
    long begin = System.nanoTime();
    long rows = walk.rows();
    if (run > 0) {
      into.seconds().add((System.nanoTime() - begin) / 1e9);
    }
    return rows;
  }

  private long check(int sessions) throws SQLException, InterruptedException {
    ChainVerdict verdict = new AuditChain(key).verify(address, sessions, Optional.empty());
    if (verdict.mistakes() > 0) {
      throw new IllegalStateException("the lab's chain is broken: " + verdict);
    }
    return verdict.rows();
  }

  private long naive() throws SQLException {
    AuditHmac hmac = new AuditHmac(key);
    String previous = AuditHmac.GENESIS;
    long rows = 0;
    try (Connection connection = address.connect("bench", LIMIT, LIMIT)) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(FETCH);
        try (ResultSet events =
            statement.executeQuery(
                "SELECT id, tenant_id, actor, action, created_at, payload::text, prev_hmac, hmac"
                    + " FROM audit_events ORDER BY id")) {
          while (events.next()) {
            String own =
                hmac.of(
                    previous,
                    events.getLong(1),
                    events.getInt(2),
                    events.getString(3),
                    events.getString(4),
                    events.getObject(5, OffsetDateTime.class).toInstant(),
                    events.getString(6));
            if (!own.equals(events.getString(8)) || !previous.equals(events.getString(7))) {
              throw new IllegalStateException("event " + events.getLong(1) + " does not verify");
            }
            previous = own;
            rows++;
          }
        }
      }
    }
    return rows;
  }

  private long readOnly() throws SQLException {
    try (Connection connection = address.connect("bench", LIMIT, LIMIT)) {
      CopyOut copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut(
                  "COPY (SELECT prev_hmac, id, tenant_id, actor, action, created_at, payload, hmac"
                      + " FROM audit_events ORDER BY id) TO STDOUT (FORMAT binary)");
      long rows = 0;
      while (copy.readFromCopy() != null) {
        rows++;
      }
      return rows;
    }
  }
}
