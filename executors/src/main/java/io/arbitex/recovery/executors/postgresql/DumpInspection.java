package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a dump can be trusted: size, magic bytes, versions, checksum, and a full decode. Each
 * finds what the others do not (facts, "Damage").
 */
final class DumpInspection {
  private static final byte[] CUSTOM = "PGDMP".getBytes(StandardCharsets.US_ASCII);
  private static final int FORMAT_AT = 10;
  private static final int FORMAT_CUSTOM = 1;
  private static final int FORMAT_DIRECTORY = 3;
  private static final int TAR_AT = 257;
  private static final Pattern MAJOR = Pattern.compile("(\\d+)(?:\\.\\d+)*");

  private final RestoreTool tool;
  private final int toolsMajor;
  private final int serverMajor;

  DumpInspection(RestoreTool tool, int toolsMajor, int serverMajor) {
    this.tool = tool;
    this.toolsMajor = toolsMajor;
    this.serverMajor = serverMajor;
  }

  /**
   * Reads the whole dump once.
   *
   * @return why it is not to be used; empty when it is intact
   */
  Optional<String> fault(ActionContext context, RestorePointManifest.Found found, Duration limit)
      throws ActionFailure, InterruptedException {
    RestorePoint point = found.point();
    Path dump = found.dump();
    if (point.getBaseline() == null) {
      return Optional.of("has no baseline, so nothing could be proven of it");
    }
    Optional<String> version = version(point);
    if (version.isPresent()) {
      return version;
    }
    try {
      long size = Files.size(dump);
      if (size != point.getSizeBytes()) {
        return Optional.of(
            "has "
                + size
                + " bytes, its manifest says "
                + point.getSizeBytes()
                + ": cut or changed");
      }
      Optional<String> format = format(dump);
      if (format.isPresent()) {
        return format;
      }
    } catch (IOException e) {
      return Optional.of("cannot be read: " + e);
    }
    return decode(context, found, limit);
  }

  private Optional<String> decode(
      ActionContext context, RestorePointManifest.Found found, Duration limit)
      throws ActionFailure, InterruptedException {
    ToolProcess.Result decoded;
    try {
      decoded = tool.decode(context, found.dump(), limit, bytes -> {});
    } catch (ToolProcess.TimedOut e) {
      return Optional.of("could not be decoded in time: " + e.getMessage());
    }
    if (!decoded.sha256().equals(found.point().getSha256())) {
      return Optional.of(
          "has the checksum "
              + decoded.sha256()
              + ", its manifest says "
              + found.point().getSha256()
              + ": damaged");
    }
    return decoded.status() == 0
        ? Optional.empty()
        : Optional.of("cannot be decoded: " + decoded.errors());
  }

  private Optional<String> version(RestorePoint point) {
    int made = major(point.getToolVersion());
    int from = major(point.getServerVersion());
    if (made > toolsMajor) {
      return Optional.of("was made by pg_dump " + made + ", the tools are " + toolsMajor);
    }
    return from > serverMajor
        ? Optional.of("comes from PostgreSQL " + from + ", the target is " + serverMajor)
        : Optional.empty();
  }

  private static int major(String version) {
    Matcher matcher = MAJOR.matcher(version);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private static Optional<String> format(Path dump) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(dump)) {
      head = in.readNBytes(512);
    }
    if (startsWith(head, CUSTOM) && head.length > FORMAT_AT) {
      return switch (head[FORMAT_AT]) {
        case FORMAT_CUSTOM -> Optional.empty();
        case FORMAT_DIRECTORY -> Optional.of("is the table of contents of a directory dump");
        default -> Optional.of("is a dump of an unknown format " + head[FORMAT_AT]);
      };
    }
    if (head.length > TAR_AT + 5
        && new String(head, TAR_AT, 5, StandardCharsets.US_ASCII).equals("ustar")) {
      return Optional.of("is a tar dump: damage in it cannot be found, and a cut one hangs");
    }
    return Optional.of("does not begin like a custom-format dump (PGDMP)");
  }

  private static boolean startsWith(byte[] bytes, byte[] begin) {
    return bytes.length >= begin.length
        && Arrays.equals(bytes, 0, begin.length, begin, 0, begin.length);
  }
}
