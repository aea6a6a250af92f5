package io.arbitex.recovery.checks;

import io.arbitex.recovery.schemas.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Size and checksum of a dump, be it a file or a folder (pg_dump's directory format).
 *
 * <p>The checksum of a folder is the SHA-256 over one line for each file in it, in the byte order
 * of their names, each {@code <sha256 of its content><two blanks><name><newline>}: what {@code
 * LC_ALL=C sha256sum * | sha256sum} gives in that folder. So a file that is missing, added, renamed
 * or changed changes it.
 */
public final class DumpContent {
  private static final int BUFFER = 1 << 18;

  private DumpContent() {}

  /**
   * Bytes of the file, or of all files of the folder together.
   *
   * @throws IOException when it is not there or cannot be read
   */
  public static long size(Path dump) throws IOException {
    long size = 0;
    for (Path file : files(dump)) {
      size += Files.size(file);
    }
    return size;
  }

  /**
   * The checksum, in lower-case hex.
   *
   * @throws IOException when it is not there or cannot be read
   */
  public static String sha256(Path dump) throws IOException {
    if (!Files.isDirectory(dump)) {
      return ofFile(dump);
    }
    StringBuilder lines = new StringBuilder();
    for (Path file : files(dump)) {
      lines.append(ofFile(file)).append("  ").append(file.getFileName()).append('\n');
    }
    return Digests.sha256(lines.toString());
  }

  /** The files of a dump; a folder in it makes it unreadable, since no dump has one. */
  private static List<Path> files(Path dump) throws IOException {
    if (!Files.isDirectory(dump)) {
      return List.of(dump);
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(dump)) {
      files = entries.sorted(Comparator.comparing(DumpContent::name)).toList();
    }
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new IOException(file + " is in a dump and is no file");
      }
    }
    return files;
  }

  /** ISO 8859-1 of the UTF-8 bytes: compares as unsigned bytes do. */
  private static String name(Path file) {
    byte[] bytes = file.getFileName().toString().getBytes(StandardCharsets.UTF_8);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String ofFile(Path file) throws IOException {
    MessageDigest digest = Digests.newSha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
