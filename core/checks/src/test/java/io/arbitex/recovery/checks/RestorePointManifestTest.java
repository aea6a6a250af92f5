package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.TableCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePointManifestTest {
  @TempDir Path temporary;

  private Path near;
  private Path far;

  @BeforeEach
  void makeFolders() throws IOException {
    near = Files.createDirectory(temporary.resolve("near"));
    far = Files.createDirectory(temporary.resolve("far"));
  }

  private static RestorePoint point(String id, Instant takenAt) {
    Baseline baseline =
        Baseline.newBuilder()
            .setPlatform("lab")
            .setComponent("postgresql")
            .setKind(BaselineKind.BASELINE)
            .setSource("primary")
            .setTakenAt(takenAt)
            .setCounts(List.of(new TableCount("tenants", 12L), new TableCount("audit_events", 9L)))
            .setAlembicHead("abc")
            .setAuditCount(9)
            .setAuditHeadId(9)
            .setAuditHeadHmac("f".repeat(64))
            .setDatabaseBytes(1234)
            .build();
    return RestorePoint.newBuilder()
        .setId(id)
        .setPlatform("lab")
        .setComponent("postgresql")
        .setKind(RestorePointKind.DUMP)
        .setState(RestorePointState.AVAILABLE)
        .setTakenAt(takenAt)
        .setFinishedAt(takenAt.plusSeconds(3))
        .setLocation("somewhere")
        .setFormat("custom")
        .setSizeBytes(5)
        .setSha256("0".repeat(64))
        .setToolVersion("15.18")
        .setServerVersion("15.18")
        .setBaseline(baseline)
        .build();
  }

  private static Path dump(Path folder, String id, String takenAt) throws IOException {
    Path dump = Files.writeString(folder.resolve(id + ".dump"), "PGDMP");
    RestorePointManifest.write(dump, point(id, Instant.parse(takenAt)));
    return dump;
  }

  @Test
  void aCheckpointInAManifestKeepsItsSignature() throws IOException {
    byte[] key = {1, 2, 3};
    RestorePoint point = point("a", Instant.parse("2026-03-10T14:30:00.123456Z"));
    point.setBaseline(Checkpoint.sign(point.getBaseline(), "primary", 2, key));
    Path dump = Files.writeString(near.resolve("a.dump"), "PGDMP");
    RestorePointManifest.write(dump, point);
    Baseline read = RestorePointManifest.read(RestorePointManifest.of(dump)).getBaseline();
    assertThat(Checkpoint.verified(read, "lab", "postgresql", key)).isPresent();
  }

  @Test
  void whatIsWrittenIsReadBackAndPeopleCanReadIt() throws IOException {
    Path dump = dump(near, "a", "2026-03-10T14:30:00.123456Z");
    Path manifest = near.resolve("a.dump.manifest.json");
    assertThat(RestorePointManifest.of(dump)).isEqualTo(manifest);
    assertThat(RestorePointManifest.read(manifest))
        .isEqualTo(point("a", Instant.parse("2026-03-10T14:30:00.123456Z")));
    assertThat(Files.readString(manifest))
        .contains("\"takenAt\" : \"2026-03-10T14:30:00.123456Z\"")
        .contains("\"audit_events\" : 9");
    assertThat(near.toFile().list()).containsExactlyInAnyOrder("a.dump", "a.dump.manifest.json");
  }

  @Test
  void allFoldersAreListedNewestFirstAndBadOnesAreTold() throws IOException {
    dump(near, "old", "2026-03-10T10:00:00Z");
    dump(far, "new", "2026-03-10T14:00:00Z");
    dump(near, "middle", "2026-03-10T12:00:00Z");
    Files.writeString(near.resolve("cut.dump.manifest.json"), "{\"id\": \"cut\", ");
    Files.delete(dump(far, "without", "2026-03-10T15:00:00Z"));
    Files.writeString(near.resolve("unfinished.dump"), "PGDMP");
    RestorePointManifest.Catalogue catalogue =
        RestorePointManifest.list(List.of(near, far, temporary.resolve("unplugged")));
    assertThat(catalogue.restorePoints())
        .extracting(found -> found.point().getId())
        .containsExactly("new", "middle", "old");
    assertThat(catalogue.restorePoints().get(0).point().getLocation())
        .isEqualTo(far.resolve("new.dump").toString());
    assertThat(catalogue.unreadable())
        .extracting(RestorePointManifest.Unreadable::reason)
        .hasSize(3)
        .anyMatch(reason -> reason.contains("cut.dump.manifest.json: is not JSON"))
        .anyMatch(reason -> reason.contains("there is no without.dump beside it"))
        .anyMatch(reason -> reason.contains("the folder cannot be read"));
  }

  @Test
  void partsAreReadBackMustBeThereAndLeadNowhereElse() throws IOException {
    Path dump = dump(near, "a", "2026-03-10T14:30:00Z");
    RestorePoint point = point("a", Instant.parse("2026-03-10T14:30:00Z"));
    point.setParts(
        List.of(new DumpPart("a.dump.1.rows", "public.audit_events", 9L, 4L, "1".repeat(64))));
    Path manifest = RestorePointManifest.write(dump, point);
    assertThat(RestorePointManifest.read(manifest)).isEqualTo(point);
    assertThat(RestorePointManifest.list(List.of(near)).unreadable())
        .singleElement()
        .satisfies(each -> assertThat(each.reason()).contains("there is no a.dump.1.rows"));
    Files.writeString(near.resolve("a.dump.1.rows"), "rows");
    assertThat(RestorePointManifest.list(List.of(near)).restorePoints()).hasSize(1);
    assertReason(
        manifest,
        Files.readString(manifest).replace("a.dump.1.rows", "../a.dump.1.rows"),
        "is no name of a file beside the dump");
  }

  /** CVE-2019-9193 is what COPY may do for an admin: run programs on the server. */
  @Test
  void aTableOfAPartThatWouldRunAProgramIsRefused() throws IOException {
    Path dump = dump(near, "a", "2026-03-10T14:30:00Z");
    RestorePoint point = point("a", Instant.parse("2026-03-10T14:30:00Z"));
    for (String table :
        List.of("t", "public.t_1", "\"T \"\"x\"\".y\"", "s.\"FROM PROGRAM 'sh'\"")) {
      point.setParts(List.of(new DumpPart("a.dump.1.rows", table, 9L, 4L, "1".repeat(64))));
      assertThat(RestorePointManifest.read(RestorePointManifest.write(dump, point)))
          .isEqualTo(point);
    }
    for (String table :
        List.of(
            "t FROM PROGRAM 'sh' --",
            "\"t\" FROM PROGRAM 'sh' --\"",
            "(SELECT 1)",
            "t\n",
            "t;",
            "a.b.c",
            "\"\"",
            "")) {
      point.setParts(List.of(new DumpPart("a.dump.1.rows", table, 9L, 4L, "1".repeat(64))));
      Path manifest = RestorePointManifest.write(dump, point);
      assertReason(manifest, Files.readString(manifest), "is no name of a table");
    }
  }

  @Test
  void aWrongFieldIsNamed() throws IOException {
    Path manifest = RestorePointManifest.of(dump(near, "a", "2026-03-10T14:30:00Z"));
    String good = Files.readString(manifest);
    assertReason(manifest, good.replace("\"DUMP\"", "\"TAPE\""), "kind: 'TAPE' is none of");
    assertReason(
        manifest, good.replace("\"sizeBytes\" : 5", "\"sizeBytes\" : -5"), "sizeBytes: is missing");
    assertReason(manifest, good.replace("2026-03-10T14:30:03Z", "later"), "finishedAt: is no UTC");
    assertReason(manifest, "[]", "is no JSON object");
  }

  private static void assertReason(Path manifest, String text, String reason) throws IOException {
    Files.writeString(manifest, text);
    UnreadableManifest e =
        catchThrowableOfType(UnreadableManifest.class, () -> RestorePointManifest.read(manifest));
    assertThat(e).hasMessageContaining(manifest.toString()).hasMessageContaining(reason);
  }
}
