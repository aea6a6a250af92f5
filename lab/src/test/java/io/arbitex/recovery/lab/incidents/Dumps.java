package io.arbitex.recovery.lab.incidents;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** Dumps with their manifests, as the backup makes them. */
final class Dumps {
  private Dumps() {}

  /**
   * Takes one of a database to which nobody writes.
   *
   * @param baseline of what is there
   * @param file of the dump; its name without the ending is the restore point's id
   */
  static RestorePoint take(Path tools, DatabaseAddress source, Baseline baseline, Path file)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(tools.resolve("pg_dump").toString(), "-Fc", "-Z1", "-f", file.toString())
            .inheritIO();
    builder.environment().putAll(source.environment());
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("pg_dump failed");
    }
    String name = file.getFileName().toString();
    RestorePoint point =
        RestorePoint.newBuilder()
            .setId(name.substring(0, name.lastIndexOf('.')))
            .setPlatform(baseline.getPlatform())
            .setComponent(baseline.getComponent())
            .setKind(RestorePointKind.DUMP)
            .setState(RestorePointState.AVAILABLE)
            .setTakenAt(baseline.getTakenAt())
            .setFinishedAt(Times.now(Clock.systemUTC()))
            .setLocation(name)
            .setFormat("custom")
            .setSizeBytes(DumpContent.size(file))
            .setSha256(DumpContent.sha256(file))
            .setToolVersion("pg_dump")
            .setServerVersion("")
            .setBaseline(baseline)
            .build();
    RestorePointManifest.write(file, point);
    return point;
  }
}
