package io.arbitex.recovery.executors.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.schemas.Digests;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainDumpTest {
  private static final Instant NOW = Instant.parse("2026-03-10T14:30:00Z");

  @TempDir Path folder;

  /** CVE-2025-8714: a script runs a shell through a psql that cannot lock its own commands. */
  @Test
  void aScriptThatCouldRunAShellThroughAnOldPsqlIsRefused() throws Exception {
    assertThat(fault("15.13").orElseThrow())
        .contains("could run commands on this machine through psql 15.13")
        .contains("needs psql 15.14 or newer");
    assertThat(fault("15.14")).isEmpty();
  }

  private Optional<String> fault(String psql) throws Exception {
    Path tool = folder.resolve("psql");
    Files.writeString(tool, "#!/bin/sh\necho \"psql (PostgreSQL) " + psql + "\"\n");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    Path dump =
        Files.writeString(
            folder.resolve("a.dump"),
            """
            --
            -- PostgreSQL database dump
            --

            SELECT 1 \\! touch harm

            --
            -- PostgreSQL database dump complete
            --
            """);
    ActionContext context =
        (ActionContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ActionContext.class},
                (proxy, method, arguments) -> false);
    return new DumpInspection(new RestoreTool(folder), 15, 15)
        .fault(
            context,
            new RestorePointManifest.Found(RestorePointManifest.of(dump), dump, point(dump)),
            Duration.ofSeconds(30));
  }

  private static RestorePoint point(Path dump) throws Exception {
    Baseline baseline =
        Baseline.newBuilder()
            .setPlatform("eu-1")
            .setComponent("postgresql")
            .setKind(BaselineKind.BASELINE)
            .setSource("primary")
            .setTakenAt(NOW)
            .setCounts(List.of())
            .setAlembicHead("abc")
            .setAuditCount(0)
            .setAuditHeadId(0)
            .setAuditHeadHmac("")
            .setDatabaseBytes(1)
            .build();
    return RestorePoint.newBuilder()
        .setId("a")
        .setPlatform("eu-1")
        .setComponent("postgresql")
        .setKind(RestorePointKind.DUMP)
        .setState(RestorePointState.AVAILABLE)
        .setTakenAt(NOW)
        .setFinishedAt(NOW)
        .setLocation(dump.toString())
        .setFormat("plain")
        .setSizeBytes(Files.size(dump))
        .setSha256(Digests.sha256(Files.readAllBytes(dump)))
        .setToolVersion("15.18")
        .setServerVersion("15.18")
        .setBaseline(baseline)
        .build();
  }
}
