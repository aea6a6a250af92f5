package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Backs up a PostgreSQL database.
 *
 * <ol>
 *   <li>One transaction exports its snapshot and stays open to the end.
 *   <li>The baseline is measured in that snapshot, and pg_dump reads the same one: what the dump
 *       holds is exactly what the baseline says.
 *   <li>Where that was asked for, rows of large tables are written beside it in ranges, in sessions
 *       that read that snapshot too; the dump leaves them out.
 *   <li>The dump is written under another name, read back for its checksum, forced to the disk, and
 *       then named.
 *   <li>The manifest comes last, so a manifest always means a whole dump. A crash before it leaves
 *       a file that nobody takes for a restore point.
 * </ol>
 */
public final class PostgresqlBackup {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);
  private static final byte[] MAGIC = "PGDMP".getBytes(StandardCharsets.US_ASCII);
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Limit for each answer; a path that was cut without a word must not hold the next backup up. */
  private static final Duration READ = Duration.ofMinutes(5);

  private static final String PART = ".part";

  /** No table is that large. */
  private static final long NEVER = Long.MAX_VALUE;

  private final DumpTool tool;
  private final Clock clock;
  private final Duration limit;
  private final long splitOver;
  private volatile PartDumps running;

  /** All of a database in its dump, so that pg_restore alone restores it. */
  public PostgresqlBackup(Path tools, Clock clock, Duration limit) {
    this(tools, clock, limit, NEVER);
  }

  /**
   * @param tools folder of pg_dump
   * @param limit for one whole backup
   * @param splitOver bytes of a table above which its rows are dumped in parts, at least 1;
   *     pg_restore alone leaves such tables empty and ends with 0, which is why such a dump is
   *     named {@code .split.dump}
   */
  public PostgresqlBackup(Path tools, Clock clock, Duration limit, long splitOver) {
    this.tool = new DumpTool(tools);
    this.clock = clock;
    this.limit = limit;
    this.splitOver = splitOver;
  }

  /**
   * What is backed up, and where to.
   *
   * @param resource the server and database by their name in inventory or binding
   * @param address a role that may read everything
   */
  public record Order(
      String platform,
      String component,
      String resource,
      DatabaseAddress address,
      List<String> criticalTables,
      Path folder) {

    /**
     * What is bound now, into the first of its folders.
     *
     * @throws BackupFailed when the password cannot be read
     */
    static Order of(
        String platform, String component, Inventory.Postgresql settings, Bindings.Database now)
        throws BackupFailed {
      try {
        return new Order(
            platform,
            component,
            now.resource(),
            DatabaseAddress.of(now.server(), now.database()),
            settings.criticalTables(),
            settings.backups().get(0));
      } catch (IOException e) {
        throw new BackupFailed(
            "the password of " + now.server().name() + " cannot be read: " + e.getMessage(),
            "See the secret that the inventory names.",
            e);
      }
    }
  }

  /**
   * Takes a backup.
   *
   * @return the restore point, as its manifest says it
   * @throws BackupFailed when there is none now; earlier ones are untouched
   */
  public RestorePoint take(Order order) throws BackupFailed, InterruptedException {
    String toolVersion = tool.version();
    List<Path> unfinished = new ArrayList<>();
    try (Connection exporter = connect(order);
        Connection reader = connect(order);
        Statement statement = exporter.createStatement()) {
      exporter.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      exporter.setReadOnly(true);
      exporter.setAutoCommit(false);
      // Before the snapshot: all that was acknowledged until this moment is in it.
      Instant takenAt = Times.now(clock);
      String snapshot = text(statement, "SELECT pg_export_snapshot()");
      String serverVersion = text(statement, "SHOW server_version").split(" ", 2)[0];
      if (DumpTool.major(toolVersion) < DumpTool.major(serverVersion)) {
        throw new BackupFailed(
            "pg_dump " + toolVersion + " is older than the server's " + serverVersion,
            "Install PostgreSQL's client " + DumpTool.major(serverVersion) + " or newer.");
      }
      Baseline baseline =
          new BaselineReader(order.platform(), order.component(), order.criticalTables(), clock)
              .readInSnapshot(reader, order.resource(), snapshot, takenAt);
      String id = order.component() + "-" + NAME.format(takenAt);
      List<LargeTables.Range> ranges = LargeTables.find(exporter, splitOver);
      String suffix = ranges.isEmpty() ? ".dump" : ".split.dump";
      Path dump = order.folder().resolve(order.platform() + "-" + id + suffix);
      Path part = dump.resolveSibling(dump.getFileName() + PART);
      unfinished.add(part);
      Files.createDirectories(order.folder());
      List<DumpPart> parts;
      try (PartDumps rows =
          new PartDumps(ranges, () -> connect(order), snapshot, dump, PART, limit)) {
        running = rows;
        unfinished.addAll(rows.files());
        Set<String> tables =
            ranges.stream().map(LargeTables.Range::table).collect(Collectors.toSet());
        tool.dump(order.address(), snapshot, tables, part, limit);
        parts = rows.await();
      } finally {
        running = null;
      }
      exporter.rollback();

      for (DumpPart each : parts) {
        Path named = dump.resolveSibling(each.getFile());
        Files.move(
            dump.resolveSibling(each.getFile() + PART), named, StandardCopyOption.ATOMIC_MOVE);
        unfinished.add(named);
      }
      String sha256 = WrittenFile.check(part, MAGIC);
      long size = Files.size(part);
      Files.move(part, dump, StandardCopyOption.ATOMIC_MOVE);
      RestorePointManifest.syncFolder(dump);
      RestorePoint point =
          RestorePoint.newBuilder()
              .setId(id)
              .setPlatform(order.platform())
              .setComponent(order.component())
              .setKind(RestorePointKind.DUMP)
              .setState(RestorePointState.AVAILABLE)
              .setTakenAt(takenAt)
              .setFinishedAt(Times.now(clock))
              .setLocation(dump.toAbsolutePath().normalize().toString())
              .setFormat("custom")
              .setSizeBytes(size)
              .setSha256(sha256)
              .setToolVersion(toolVersion)
              .setServerVersion(serverVersion)
              .setBaseline(baseline)
              .setParts(parts)
              .build();
      RestorePointManifest.write(dump, point);
      unfinished.clear();
      return point;
    } catch (SQLException e) {
      PostgresErrors.Diagnosis diagnosis = PostgresErrors.diagnose(e);
      throw new BackupFailed(
          "the database " + order.address() + " cannot be read: " + diagnosis.message(),
          diagnosis.hint(),
          e);
    } catch (IOException e) {
      throw new BackupFailed(
          "the dump cannot be written to " + order.folder() + ": " + e,
          "See whether the folder is there, may be written to and has space.",
          e);
    } finally {
      WrittenFile.discard(unfinished);
    }
  }

  /** Ends a backup that another thread is taking. */
  public void cancel() {
    PartDumps rows = running;
    if (rows != null) {
      rows.stop();
    }
    tool.cancel();
  }

  private static Connection connect(Order order) throws SQLException {
    return order.address().connect("recovery-backup", CONNECT, READ);
  }

  private static String text(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }
}
