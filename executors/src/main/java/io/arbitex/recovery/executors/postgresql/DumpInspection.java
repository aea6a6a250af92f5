package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a dump can be trusted: size, magic bytes, versions, checksum, and a full decode. Each
 * finds what the others do not (facts, "Damage").
 */
final class DumpInspection {
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
    try {
      refuseOtherSize(dump, point.getSizeBytes(), "");
      DumpFormat format = DumpFormat.of(dump);
      Optional<DumpOrigin> told = DumpOrigin.of(point.getToolVersion(), point.getServerVersion());
      refuseNewer(told);
      refuseNewer(format.made());
      if (!point.getParts().isEmpty() && !format.seekable()) {
        throw new UnusableDump("has rows beside it, but is no archive that can be restored so");
      }
      decode(context, dump, format, point.getSha256(), limit);
      for (DumpPart part : point.getParts()) {
        inspect(dump.resolveSibling(part.getFile()), part);
      }
      return Optional.empty();
    } catch (UnusableDump e) {
      return Optional.of(e.getMessage());
    } catch (IOException e) {
      return Optional.of("cannot be read: " + e);
    } catch (ToolProcess.TimedOut e) {
      return Optional.of("could not be decoded in time: " + e.getMessage());
    }
  }

  private void decode(
      ActionContext context, Path dump, DumpFormat format, String sha256, Duration limit)
      throws ActionFailure, InterruptedException, IOException, UnusableDump, ToolProcess.TimedOut {
    switch (format.kind()) {
      case PLAIN -> {
        refuseUnlocked(tool.psqlVersion(context));
        PlainDump.Reading reading = new PlainDump(dump, format.compression()).read(context, limit);
        if (reading.fault().isPresent()) {
          throw new UnusableDump(reading.fault().get());
        }
        refuseOtherSum(reading.sha256(), sha256, "");
      }
      case CUSTOM -> {
        DumpStream stream = DumpStream.whole(dump, format.compression());
        ToolProcess.Run run = tool.decode(dump, Optional.of(stream));
        ToolProcess.Result result = ToolProcess.run(context, run, limit, bytes -> {});
        // First: of one that pg_restore gave up, not all was read.
        refuseUndecoded(result);
        refuseOtherSum(stream.sha256(), sha256, "");
      }
      case DIRECTORY -> {
        refuseOtherSum(DumpContent.sha256(dump), sha256, "");
        ToolProcess.Run run = tool.decode(dump, Optional.empty());
        refuseUndecoded(ToolProcess.run(context, run, limit, bytes -> {}));
        DirectoryFiles.refuseCut(dump);
      }
    }
  }

  private static void inspect(Path file, DumpPart part) throws IOException, UnusableDump {
    String name = ": " + part.getFile();
    refuseOtherSize(file, part.getSizeBytes(), name);
    refuseOtherSum(DumpContent.sha256(file), part.getSha256(), name);
  }

  /**
   * Without the lock a script may run a shell here: {@code \!} anywhere in a line (CVE-2025-8714).
   */
  private static void refuseUnlocked(RestoreTool.Version psql) throws UnusableDump {
    if (!psql.locksCommands()) {
      throw new UnusableDump(
          "is a plain script, which could run commands on this machine through psql "
              + psql
              + ": that needs psql "
              + psql.locksFrom()
              + " or newer");
    }
  }

  private static void refuseUndecoded(ToolProcess.Result result) throws UnusableDump {
    if (!result.good()) {
      throw new UnusableDump("cannot be decoded: " + result.why());
    }
  }

  private static void refuseOtherSize(Path dump, long expected, String of)
      throws IOException, UnusableDump {
    long size = DumpContent.size(dump);
    if (size != expected) {
      throw new UnusableDump(
          "has " + size + " bytes, its manifest says " + expected + ": cut or changed" + of);
    }
  }

  private static void refuseOtherSum(String found, String expected, String of) throws UnusableDump {
    if (!found.equals(expected)) {
      throw new UnusableDump(
          "has the checksum " + found + ", its manifest says " + expected + ": damaged" + of);
    }
  }

  private void refuseNewer(Optional<DumpOrigin> origin) throws UnusableDump {
    if (origin.isPresent() && origin.get().tool() > toolsMajor) {
      throw new UnusableDump(
          "was made by pg_dump " + origin.get().tool() + ", the tools are " + toolsMajor);
    }
    if (origin.isPresent() && origin.get().server() > serverMajor) {
      throw new UnusableDump(
          "comes from PostgreSQL " + origin.get().server() + ", the target is " + serverMajor);
    }
  }
}
