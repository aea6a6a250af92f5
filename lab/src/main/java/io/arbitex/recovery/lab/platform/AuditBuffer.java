package io.arbitex.recovery.lab.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The platform's audit buffer: a copy of every event's id and HMAC on a volume of its own, one line
 * each, a file for each process. An event is acknowledged when it is in the buffer too.
 */
final class AuditBuffer {
  private final Path folder;
  private final Path file;
  private FileChannel channel;

  /**
   * @param process names the file; no two at a time have the same
   */
  AuditBuffer(Path folder, String process) {
    this.folder = folder;
    this.file = folder.resolve("events-" + process + ".jsonl");
  }

  /**
   * Appends an event.
   *
   * @throws NoSuchFileException when the volume is gone: a file that is open would still take it
   */
  synchronized void append(AuditLog.Appended event) throws IOException {
    if (!isThere()) {
      throw new NoSuchFileException(folder.toString());
    }
    if (channel == null) {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    String line = "{\"id\":%d,\"hmac\":\"%s\"}%n".formatted(event.id(), event.hmac());
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Whether events can be appended. */
  boolean isThere() {
    return Files.isWritable(folder);
  }

  synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
