package io.arbitex.recovery.executors.postgresql;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a dump is, told by its bytes and never by its name (facts, "Formats by magic"): whoever
 * takes a custom dump for a script restores an empty database and is told that all went well.
 *
 * @param made which program made it, from which server, as the dump itself says; empty when it does
 *     not say
 */
record DumpFormat(Kind kind, Compression compression, Optional<DumpOrigin> made) {
  private static final byte[] TAR = "ustar".getBytes(StandardCharsets.US_ASCII);
  private static final int TAR_AT = 257;
  private static final int ARCHIVE_FORMAT_AT = 10;
  private static final int ARCHIVE_CUSTOM = 1;

  /** pg_dump writes the number of tar into a folder's table of contents. */
  private static final int ARCHIVE_DIRECTORY = 3;

  private static final int HEAD = 16 * 1024;
  private static final String CONTENTS = "toc.dat";

  enum Kind {
    CUSTOM,
    DIRECTORY,
    PLAIN
  }

  /** Such as {@code custom}, {@code plain+gzip}. */
  String words() {
    return switch (kind) {
          case CUSTOM -> "custom";
          case DIRECTORY -> "directory";
          case PLAIN -> "plain";
        }
        + compression.suffix();
  }

  /** pg_restore can jump in it, which it must to restore in several sessions. */
  boolean seekable() {
    return kind == Kind.DIRECTORY || (kind == Kind.CUSTOM && compression == Compression.NONE);
  }

  /**
   * Looks at a dump's first bytes.
   *
   * @throws UnusableDump when it is none that can be restored
   * @throws IOException when it cannot be read
   */
  static DumpFormat of(Path dump) throws IOException, UnusableDump {
    if (Files.isDirectory(dump)) {
      return ofFolder(dump);
    }
    byte[] raw = head(dump, Compression.NONE);
    if (raw.length == 0) {
      throw new UnusableDump("is empty");
    }
    Compression compression = Compression.of(raw);
    byte[] head = compression == Compression.NONE ? raw : decoded(dump, compression);
    if (Bytes.startWith(head, "PGDMP") && head.length > ARCHIVE_FORMAT_AT) {
      return switch (head[ARCHIVE_FORMAT_AT]) {
        case ARCHIVE_CUSTOM -> new DumpFormat(Kind.CUSTOM, compression, DumpOrigin.ofArchive(head));
        case ARCHIVE_DIRECTORY ->
            throw new UnusableDump(
                "is only the table of contents of a directory dump: its data is not in it");
        default ->
            throw new UnusableDump("is a dump of an unknown format " + head[ARCHIVE_FORMAT_AT]);
      };
    }
    if (Bytes.at(head, TAR_AT, TAR)) {
      throw new UnusableDump(
          "is a tar file: damage in it cannot be found, and pg_restore hangs on a cut one");
    }
    if (Bytes.startWith(head, "--\n-- PostgreSQL database dump\n")) {
      return new DumpFormat(Kind.PLAIN, compression, DumpOrigin.ofScript(head));
    }
    if (Bytes.startWith(head, "--\n-- PostgreSQL database cluster dump\n")) {
      throw new UnusableDump("is a dump of a whole server (pg_dumpall), not of one database");
    }
    if (Compression.of(head) != Compression.NONE) {
      throw new UnusableDump("is compressed twice");
    }
    throw new UnusableDump("does not begin like any dump of PostgreSQL");
  }

  private static DumpFormat ofFolder(Path dump) throws IOException, UnusableDump {
    Path contents = dump.resolve(CONTENTS);
    if (!Files.isRegularFile(contents)) {
      throw new UnusableDump("is a folder without " + CONTENTS + ": no directory dump, or a part");
    }
    byte[] head = head(contents, Compression.NONE);
    if (!Bytes.startWith(head, "PGDMP")
        || head.length <= ARCHIVE_FORMAT_AT
        || head[ARCHIVE_FORMAT_AT] != ARCHIVE_DIRECTORY) {
      throw new UnusableDump("has a " + CONTENTS + " that is none");
    }
    return new DumpFormat(Kind.DIRECTORY, Compression.NONE, DumpOrigin.ofArchive(head));
  }

  private static byte[] decoded(Path dump, Compression compression) throws UnusableDump {
    try {
      return head(dump, compression);
    } catch (IOException e) {
      throw new UnusableDump("cannot be decompressed: " + e.getMessage());
    }
  }

  private static byte[] head(Path file, Compression compression) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        InputStream decoded = compression.decode(in, Files.size(file))) {
      return decoded.readNBytes(HEAD);
    }
  }
}
