package io.arbitex.recovery.executors.postgresql;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which pg_dump made a dump, from which server, as its own first bytes say.
 *
 * @param tool major version
 * @param server major version
 */
record DumpOrigin(int tool, int server) {
  private static final Pattern MAJOR = Pattern.compile("(\\d+)(?:\\.\\d+)*");
  private static final Pattern SCRIPT =
      Pattern.compile(
          "^-- Dumped from database version (.*)$\\R^-- Dumped by pg_dump version (.*)$",
          Pattern.MULTILINE);

  /** From 1.15 on one byte names the algorithm; before it, a number gives the level. */
  private static final int ONE_BYTE_COMPRESSION = 15;

  private static final int MINOR_AT = 6;
  private static final int INT_SIZE_AT = 8;
  private static final int AFTER_FORMAT = 11;
  private static final int DATE_FIELDS = 7;
  private static final int LONGEST_TEXT = 1_000;

  /** Reads the head of an archive, as pg_backup_archiver.c writes it (WriteHead). */
  static Optional<DumpOrigin> ofArchive(byte[] head) {
    try {
      ByteBuffer in = ByteBuffer.wrap(head);
      int minor = in.get(MINOR_AT);
      int intSize = in.get(INT_SIZE_AT);
      if (intSize < 1 || intSize > 8) {
        return Optional.empty();
      }
      in.position(AFTER_FORMAT);
      if (minor >= ONE_BYTE_COMPRESSION) {
        in.get();
      } else {
        number(in, intSize);
      }
      for (int i = 0; i < DATE_FIELDS; i++) {
        number(in, intSize);
      }
      text(in, intSize);
      String server = text(in, intSize);
      String tool = text(in, intSize);
      return of(tool, server);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // The versions of the manifest are looked at too, and the full decode finds what is damaged.
      return Optional.empty();
    }
  }

  static Optional<DumpOrigin> ofScript(byte[] head) {
    Matcher matcher = SCRIPT.matcher(new String(head, StandardCharsets.UTF_8));
    return matcher.find() ? of(matcher.group(2), matcher.group(1)) : Optional.empty();
  }

  static Optional<DumpOrigin> of(String tool, String server) {
    return Optional.of(new DumpOrigin(major(tool), major(server)));
  }

  private static int major(String version) {
    Matcher matcher = MAJOR.matcher(version);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private static long number(ByteBuffer in, int size) {
    boolean negative = in.get() != 0;
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (in.get() & 0xffL) << (8 * i);
    }
    return negative ? -value : value;
  }

  private static String text(ByteBuffer in, int intSize) {
    long length = number(in, intSize);
    if (length < 0 || length > LONGEST_TEXT) {
      throw new IllegalArgumentException("no text of a head: " + length + " bytes");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
