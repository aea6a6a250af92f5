package io.arbitex.recovery.executors.salvage;

import io.arbitex.recovery.schemas.Digests;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** A file of events, one a line, that has its name only when it is whole and on the disk. */
final class SalvageFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Path part;
  private final FileChannel channel;
  private final MessageDigest digest = Digests.newSha256();
  private final GZIPOutputStream gzip;
  private final OutputStream out;
  private long count;
  private long right;
  private long firstId;
  private long lastId;
  private String firstAt = "";
  private String lastAt = "";

  /**
   * @param part another name for each attempt, so that one that stood still disturbs nobody
   */
  SalvageFile(Path file, Path part) throws IOException {
    this.file = file;
    this.part = part;
    this.channel = create(part);
    this.gzip =
        new GZIPOutputStream(
            new DigestOutputStream(Channels.newOutputStream(channel), digest), BUFFER);
    this.out = new BufferedOutputStream(gzip, BUFFER);
  }

  /** A new file that only its owner may read. */
  static FileChannel create(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  void add(AuditEvent event) throws IOException {
    out.write(event.json().getBytes(StandardCharsets.UTF_8));
    out.write('\n');
    String at = event.createdAt() == null ? "" : event.createdAt();
    if (count == 0) {
      firstId = event.id();
      firstAt = at;
    }
    lastId = event.id();
    lastAt = at;
    count++;
    right += event.right() ? 1 : 0;
  }

  long count() {
    return count;
  }

  /** Brings it to the disk and gives it its name. */
  WrittenEvents finish() throws IOException {
    out.flush();
    gzip.finish();
    channel.force(true);
    channel.close();
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new WrittenEvents(
        file.getFileName().toString(),
        count,
        firstId,
        lastId,
        firstAt,
        lastAt,
        HexFormat.of().formatHex(digest.digest()),
        right);
  }

  /** Takes away what did not become whole. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(part);
  }
}
