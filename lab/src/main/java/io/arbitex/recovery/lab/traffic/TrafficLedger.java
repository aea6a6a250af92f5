package io.arbitex.recovery.lab.traffic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file with one line for each acknowledged event: {@code id,hmac,tenant,microseconds,request}.
 * Lines are only appended, and handed to the operating system before the next event is sent.
 */
public final class TrafficLedger implements AutoCloseable {
  private static final int THROUGH_CLOUD = 5;

  private final FileChannel channel;

  /**
   * An event that the platform acknowledged.
   *
   * @param at when the client had the answer
   * @param request the client's own name of the event, in its payload too: an id may be given to
   *     another event once the database was put back
   */
  public record Entry(long id, String hmac, int tenant, Instant at, String request) {
    /** Whether the platform's other deployment took it. */
    public boolean isThroughCloud() {
      return TrafficLedger.isThroughCloud(
          Long.parseLong(request.substring(request.lastIndexOf('-') + 1)));
    }
  }

  /**
   * What is lost of the ledger.
   *
   * @param lost acknowledged, and not in the database
   * @param kept acknowledged, and there
   */
  public record Comparison(List<Entry> lost, List<Entry> kept) {}

  /** Whether a client's event of that number goes to the platform's other deployment. */
  static boolean isThroughCloud(long number) {
    return number % THROUGH_CLOUD == THROUGH_CLOUD - 1;
  }

  TrafficLedger(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
  }

  synchronized void acknowledged(Entry entry) throws IOException {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, entry.at());
    String line =
        String.join(
                ",",
                Long.toString(entry.id()),
                entry.hmac(),
                Integer.toString(entry.tenant()),
                Long.toString(micros),
                entry.request())
            + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** All entries, in the order of their acknowledgement; a last line that is cut is left out. */
  public static List<Entry> read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
      String[] fields = line.split(",", -1);
      if (fields.length == 5) {
        entries.add(
            new Entry(
                Long.parseLong(fields[0]),
                fields[1],
                Integer.parseInt(fields[2]),
                Instant.EPOCH.plus(Long.parseLong(fields[3]), ChronoUnit.MICROS),
                fields[4]));
      }
    }
    return entries;
  }

  /** Looks each entry up in a database, by id and HMAC. */
  public static Comparison compare(List<Entry> entries, Connection connection) throws SQLException {
    Map<Long, String> stored = new HashMap<>();
    long least = entries.stream().mapToLong(Entry::id).min().orElse(Long.MAX_VALUE);
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT id, hmac FROM audit_events WHERE id >= ?")) {
      statement.setLong(1, least);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          stored.put(row.getLong(1), row.getString(2));
        }
      }
    }
    List<Entry> lost = new ArrayList<>();
    List<Entry> kept = new ArrayList<>();
    for (Entry entry : entries) {
      (entry.hmac().equals(stored.get(entry.id())) ? kept : lost).add(entry);
    }
    return new Comparison(lost, kept);
  }
}
