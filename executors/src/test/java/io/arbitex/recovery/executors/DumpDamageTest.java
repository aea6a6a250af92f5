package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The damage table (facts, "PostgreSQL restores", measured with PostgreSQL's own tools): each row
 * is a dump that those tools take without a word, hang on, or fail on half-way. Here each is
 * refused with its reason before a database is made, and nothing is left behind. GitLab 2017 and
 * Velero #3407 ("Completed" with no data) are what happens else.
 */
class DumpDamageTest {
  @TempDir static Path folder;
  private static RecoveryWorld world;

  @BeforeAll
  static void startWorld() throws Exception {
    world = RecoveryWorld.start(folder);
  }

  @AfterAll
  static void endWorld() {
    world.close();
  }

  @AfterEach
  void clear() throws Exception {
    world.clear();
  }

  /** What is done to a dump. */
  private interface Harm {
    void to(Path dump) throws Exception;
  }

  private record Damage(String name, String options, String filter, Harm harm, String reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Damage> damages() {
    return Stream.of(
        // {@code gunzip x.dump | psql} ends with 0 and an empty database.
        new Damage(
            "garbage with a good name",
            "-Fc",
            "",
            dump -> Files.writeString(dump, "not a dump"),
            "begin like"),
        new Damage("cut script", "-Fp", "", dump -> cut(dump, 0.7), "pg_dump's last line"),
        // psql commits what came until the end of a cut input, even with -1.
        new Damage("cut script in gzip", "-Fp", "gzip -c", dump -> cut(dump, 0.7), "is cut"),
        new Damage(
            "script cut before its gzip",
            "-Fp",
            "head -c 90000 | gzip -c",
            dump -> {},
            "last line"),
        new Damage("gzip trailer cut", "-Fp", "gzip -c", dump -> cutBytes(dump, 4), ""),
        new Damage("cut zstd", "-Fp", "zstd -q -c", dump -> cut(dump, 0.7), "Truncated"),
        new Damage("cut custom", "-Fc", "", dump -> cut(dump, 0.7), "cannot be decoded"),
        new Damage(
            "cut custom in zstd",
            "-Fc -Z0",
            "zstd -q -c",
            dump -> cut(dump, 0.7),
            "cannot be decoded"),
        new Damage(
            "flipped byte in compressed",
            "-Fc -Z6",
            "",
            dump -> flip(dump, 0.5),
            "cannot be decoded"),
        new Damage("flipped byte in gzip", "-Fp", "gzip -c", dump -> flip(dump, 0.5), ""),
        new Damage("flipped byte in zstd", "-Fp", "zstd -q -c", dump -> flip(dump, 0.5), ""),
        // {@code pg_restore} hangs for ever on a cut tar.
        new Damage("tar", "-Ft", "", dump -> {}, "is a tar file"),
        new Damage("cut tar", "-Ft", "", dump -> cut(dump, 0.7), "is a tar file"),
        new Damage("tar in gzip", "-Ft", "gzip -c", dump -> {}, "is a tar file"),
        new Damage(
            "no contents",
            "-Fd",
            "",
            dump -> Files.delete(dump.resolve("toc.dat")),
            "without toc.dat"),
        new Damage(
            "contents alone", "-Fd", "", dump -> keepContents(dump), "only the table of contents"),
        new Damage(
            "a file of a folder missing",
            "-Fd",
            "",
            dump -> Files.delete(largest(dump)),
            "cannot be decoded"),
        new Damage("a file of a folder cut", "-Fd", "", dump -> cut(largest(dump), 0.7), ""),
        new Damage("empty", "-Fc", "", dump -> cut(dump, 0), "is empty"),
        new Damage(
            "twice compressed", "-Fp", "gzip -c | zstd -q -c", dump -> {}, "is compressed twice"),
        // GitLab 2017: the tool's version did not match the server's, and the backups were empty.
        new Damage(
            "newer tool in its head",
            "-Fp",
            "sed 's/by pg_dump version 1/by pg_dump version 9/'",
            dump -> {},
            "was made by pg_dump 9"),
        new Damage(
            "newer server in its head",
            "-Fp",
            "sed 's/database version 1/database version 9/'",
            dump -> {},
            "comes from PostgreSQL 9"),
        new Damage("newer format", "-Fc", "", dump -> set(dump, 6, 99), "cannot be decoded"),
        new Damage(
            "whole server",
            "-Fp",
            "sed '2s/database dump/database cluster dump/'",
            dump -> {},
            "pg_dumpall"));
  }

  /** The manifest was written after the damage, so that its checksum does not give it away. */
  @ParameterizedTest
  @MethodSource("damages")
  void isFoundWithoutTheChecksumToo(Damage damage) throws Exception {
    Path dump = world.dumpFile("dump-1");
    RestorePoint point = world.dump("dump-1", List.of(damage.options.split(" ")), damage.filter);
    damage.harm.to(dump);
    point.setSizeBytes(DumpContent.size(dump));
    point.setSha256(DumpContent.sha256(dump));
    RestorePointManifest.write(dump, point);
    ProcedureBench bench = new ProcedureBench(world.procedures());
    StepError error = bench.run(world.restore(1)).error().orElseThrow();
    assertThat(error.getCode()).as(error.getMessage()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(error.getMessage()).contains("dump-1 ").contains(damage.reason);
    assertThat(error.getLeftBehind()).isEmpty();
    assertThat(world.databases(world.spare)).isEmpty();
  }

  /** Nothing but the checksum or the proof sees these: not even a full decode does. */
  @ParameterizedTest
  @EnumSource(Silent.class)
  void aFlippedByteThatDecodesIsFoundByTheChecksumOrTheProof(Silent silent) throws Exception {
    world.dump("dump-1");
    RestorePoint flipped = world.dump("dump-2", List.of(silent.options.split(" ")), "");
    Path dump = world.dumpFile("dump-2");
    replace(silent.folder ? largest(dump) : dump, "\"n\": 777,", "\"n\": 778,");

    ProcedureBench bench = new ProcedureBench(world.procedures());
    assertThat(bench.run(world.restore(1)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", "dump-1");
    assertThat(bench.factsOfEnd().get("rejected")).contains("dump-2 has the checksum");

    flipped.setSha256(DumpContent.sha256(dump));
    RestorePointManifest.write(dump, flipped);
    StepError error =
        new ProcedureBench(world.procedures()).run(world.restore(2)).error().orElseThrow();
    assertThat(error.getCode()).as(error.getMessage()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("audit-chain").contains("777");
    assertThat(world.databases(world.spare)).as("only the first restore's").hasSize(1);
  }

  private enum Silent {
    UNCOMPRESSED("-Fc -Z0", false),
    IN_A_SCRIPT("-Fp", false),
    IN_A_FOLDER("-Fd -Z0", true);

    private final String options;
    private final boolean folder;

    Silent(String options, boolean folder) {
      this.options = options;
      this.folder = folder;
    }
  }

  private static void cut(Path file, double share) throws IOException {
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate((long) (Files.size(file) * share));
    }
  }

  private static void cutBytes(Path file, int bytes) throws IOException {
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate(Files.size(file) - bytes);
    }
  }

  private static void flip(Path file, double at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (bytes.length * at)] ^= 0x10;
    Files.write(file, bytes);
  }

  private static void set(Path file, int at, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] = (byte) value;
    Files.write(file, bytes);
  }

  private static void replace(Path file, String what, String by) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(text).contains(what);
    Files.writeString(file, text.replace(what, by), StandardCharsets.ISO_8859_1);
  }

  private static Path largest(Path dump) throws IOException {
    try (Stream<Path> files = Files.list(dump)) {
      return files
          .filter(file -> !file.endsWith("toc.dat"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void keepContents(Path dump) throws IOException {
    byte[] contents = Files.readAllBytes(dump.resolve("toc.dat"));
    for (var file : Arrays.asList(dump.toFile().listFiles())) {
      Files.delete(file.toPath());
    }
    Files.delete(dump);
    Files.write(dump, contents);
  }
}
