package io.arbitex.recovery.lab.traffic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A file with one line for each acknowledged session: {@code id,session,microseconds}. Lines are
 * only appended, and handed to the operating system before the next session is asked for.
 */
public final class SessionLedger implements AutoCloseable {
  private final FileChannel channel;

  /**
   * A session that the platform acknowledged.
   *
   * @param session what is kept of it
   * @param at when the client had the answer
   */
  public record Entry(String id, String session, Instant at) {}

  SessionLedger(Path file) throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
  }

  synchronized void acknowledged(Entry entry) throws IOException {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, entry.at());
    String line = entry.id() + "," + entry.session() + "," + micros + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
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
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
      String[] fields = line.split(",", -1);
      if (fields.length == 3) {
        Instant at = Instant.EPOCH.plus(Long.parseLong(fields[2]), ChronoUnit.MICROS);
        entries.add(new Entry(fields[0], fields[1], at));
      }
    }
    return entries;
  }
}
