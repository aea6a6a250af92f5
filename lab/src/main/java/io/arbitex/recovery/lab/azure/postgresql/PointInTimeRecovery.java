package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Makes a new PostgreSQL from a base backup and the archive of another server. */
public final class PointInTimeRecovery {
  private static final Duration COPY_LIMIT = Duration.ofMinutes(15);
  private static final Duration REPLAY_LIMIT = Duration.ofMinutes(30);
  private static final long LOOK_MILLIS = 50;
  private static final String NOT_REACHED =
      "recovery ended before configured recovery target was reached";

  private final Programs programs;
  private final ServerFolder source;
  private final ServerFolder target;

  public PointInTimeRecovery(Programs programs, ServerFolder source, ServerFolder target) {
    this.programs = programs;
    this.source = source;
    this.target = target;
  }

  /**
   * Recovers into an empty data directory; returns when the server takes writes. Nobody but the lab
   * can connect to it then.
   *
   * @throws RecoveryFailed when the moment was not reached; the server is not running then
   */
  public void recover(Postgres postgres, BaseBackup base, Instant moment)
      throws IOException, InterruptedException {
    Programs.folder(target.root());
    Programs.folder(target.backups());
    // The roles come with the data, and with them their passwords.
    Programs.write(
        target.superuserPassword(), Files.readString(source.superuserPassword()), "rw-------");
    new WalArchive(target).prepare();
    programs.run(
        target.root(),
        COPY_LIMIT,
        Map.of(),
        List.of("cp", "-a", base.data().toString(), postgres.data().toString()));
    postgres.configure();
    postgres.allow(List.of());
    Programs.write(
        postgres.data().resolve("postgresql.auto.conf"),
        new RecoveryTarget(moment, base.timeline()).settings(source),
        "rw-------");
    Programs.write(postgres.data().resolve("recovery.signal"), "", "rw-------");
    long said = Files.exists(target.log()) ? Files.size(target.log()) : 0;
    try {
      postgres.start();
    } catch (ProgramFailed e) {
      throw failed(said, e);
    }
    awaitPromotion(postgres, said);
    Programs.write(postgres.data().resolve("postgresql.auto.conf"), "", "rw-------");
  }

  /** pg_ctl says that it has started long before the target is reached. */
  private void awaitPromotion(Postgres postgres, long said)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + REPLAY_LIMIT.toNanos();
    while (!isPromoted(postgres)) {
      if (postgres.postmaster().isEmpty()) {
        throw failed(said, null);
      }
      if (System.nanoTime() > end) {
        postgres.kill();
        throw new RecoveryFailed("recovery did not end within " + REPLAY_LIMIT, false);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static boolean isPromoted(Postgres postgres) throws IOException {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT NOT pg_is_in_recovery()")) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      // 57P03: it recovers; 08…: it is not there, which its process tells better.
      if (e.getSQLState() != null
          && (e.getSQLState().equals("57P03") || e.getSQLState().startsWith("08"))) {
        return false;
      }
      throw new IOException("the recovered server refuses the lab", e);
    }
  }

  private RecoveryFailed failed(long said, IOException cause) throws IOException {
    byte[] log = Files.exists(target.log()) ? Files.readAllBytes(target.log()) : new byte[0];
    int from = (int) Math.min(said, log.length);
    String text = new String(log, from, log.length - from, StandardCharsets.UTF_8);
    String last =
        text.lines()
            .filter(line -> line.contains("FATAL: ") || line.contains("PANIC: "))
            // What a client is told that connects meanwhile is not why it ended.
            .filter(line -> !line.contains("the database system is "))
            .reduce((earlier, later) -> later)
            .map(line -> line.replaceFirst("^.*?((FATAL|PANIC): )", "$1"))
            .orElse("the server ended without a word");
    RecoveryFailed failed = new RecoveryFailed(last, text.contains(NOT_REACHED));
    if (cause != null) {
      failed.initCause(cause);
    }
    return failed;
  }
}
