package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The base backups of a server. Each is in a folder that gets its name when it is whole. */
public final class BaseBackups {
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final Pattern TIMELINE = Pattern.compile("(?m)^START TIMELINE: (\\d+)$");

  /** Azure's names count in units of 100 ns since the year 1. */
  private static final long TICKS_AT_EPOCH = 621_355_968_000_000_000L;

  private final Programs programs;
  private final ServerFolder folder;

  public BaseBackups(Programs programs, ServerFolder folder) {
    this.programs = programs;
    this.folder = folder;
  }

  /** All of them, oldest first. */
  public List<BaseBackup> all() throws IOException {
    List<BaseBackup> all = new ArrayList<>();
    if (!Files.isDirectory(folder.backups())) {
      return all;
    }
    try (Stream<Path> each = Files.list(folder.backups())) {
      for (Path backup :
          each.filter(it -> it.getFileName().toString().startsWith("backup_")).toList()) {
        all.add(read(backup));
      }
    }
    all.sort(Comparator.comparing(BaseBackup::completed));
    return all;
  }

  /** The newest that a restore to the moment can begin with. */
  public Optional<BaseBackup> before(Instant moment) throws IOException {
    return all().stream()
        .filter(each -> !each.completed().isAfter(moment))
        .reduce((older, newer) -> newer);
  }

  /**
   * Takes one; it is usable at once, for the write-ahead log that it needs is archived then.
   *
   * @throws ProgramFailed when pg_basebackup fails, or the archive stands still for too long
   */
  public BaseBackup take(Postgres postgres, ServerSettings settings)
      throws IOException, InterruptedException, SQLException {
    Path part = folder.backups().resolve(".part");
    Leftovers.remove(part);
    Programs.folder(part);
    Path data = part.resolve("data");
    programs.postgres(
        folder.root(),
        LIMIT,
        Map.of("PGPASSWORD", Files.readString(folder.superuserPassword())),
        "pg_basebackup",
        "-h",
        settings.address(),
        "-p",
        Integer.toString(settings.port()),
        "-U",
        Postgres.SUPERUSER,
        "-D",
        data.toString(),
        "-X",
        "none",
        "-c",
        "fast",
        "--no-sync");
    Instant completed = now(postgres);
    Files.writeString(part.resolve("completed"), completed.toString());
    long ticks =
        TICKS_AT_EPOCH + completed.getEpochSecond() * 10_000_000 + completed.getNano() / 100;
    Path whole = folder.backups().resolve("backup_" + ticks);
    Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
    return read(whole);
  }

  private static Instant now(Postgres postgres) throws SQLException, IOException {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  private static BaseBackup read(Path backup) throws IOException {
    Path data = backup.resolve("data");
    Matcher timeline = TIMELINE.matcher(Files.readString(data.resolve("backup_label")));
    if (!timeline.find()) {
      throw new IOException(data.resolve("backup_label") + " names no timeline");
    }
    return new BaseBackup(
        backup.getFileName().toString(),
        Instant.parse(Files.readString(backup.resolve("completed"))),
        Integer.parseInt(timeline.group(1)),
        data);
  }
}
