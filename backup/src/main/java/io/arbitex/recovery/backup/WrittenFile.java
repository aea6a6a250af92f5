package io.arbitex.recovery.backup;

import io.arbitex.recovery.schemas.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** A file that a tool has written and that is not yet a restore point. */
final class WrittenFile {
  private WrittenFile() {}

  /**
   * Reads it back and forces it to the disk: the tool's exit status alone proves nothing.
   *
   * @param magic the bytes that it must begin with
   * @return its SHA-256 in hex
   */
  static String check(Path file, byte[] magic) throws IOException {
    MessageDigest digest = Digests.newSha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(magic.length);
      if (!Arrays.equals(start, magic)) {
        throw new IOException(file + " does not begin as such a file does");
      }
      digest.update(start);
      int read;
      while ((read = in.read(buffer)) >= 0) {
        digest.update(buffer, 0, read);
      }
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Deletes what was not finished. */
  static void discard(List<Path> unfinished) throws BackupFailed {
    for (Path each : unfinished) {
      try {
        Files.deleteIfExists(each);
      } catch (IOException e) {
        throw new BackupFailed(
            each + " is left over and cannot be deleted: " + e, "Delete it by hand.", e);
      }
    }
  }
}
