package io.arbitex.recovery.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconciliationTest {
  @TempDir Path folder;

  private static RestorePoint point(String id, RestorePointState state, Path location) {
    return RestorePoint.newBuilder()
        .setId(id)
        .setPlatform("eu-1")
        .setComponent("postgresql")
        .setKind(RestorePointKind.DUMP)
        .setState(state)
        .setTakenAt(Instant.parse("2026-03-10T10:00:00Z"))
        .setFinishedAt(Instant.parse("2026-03-10T10:01:00Z"))
        .setLocation(location.toString())
        .setFormat("custom")
        .setSizeBytes(4)
        .setSha256("ab".repeat(32))
        .setToolVersion("15.18")
        .setServerVersion("15.18")
        .build();
  }

  private RestorePoint lay(Path where, String id) throws Exception {
    Files.createDirectories(where);
    Path dump = Files.writeString(where.resolve(id + ".dump"), "dump");
    RestorePoint point = point(id, RestorePointState.AVAILABLE, dump);
    RestorePointManifest.write(dump, point);
    return point;
  }

  private static List<RestorePoint> reconcile(List<RestorePoint> known, Path... folders) {
    BackupFolders.Contents found =
        BackupFolders.read(List.of(folders), "eu-1", "postgresql", known);
    return Reconciliation.of(known, found.lying(), found.complete());
  }

  @Test
  void whatIsPublishedAndThereIsNotToldAgain() throws Exception {
    RestorePoint there = lay(folder, "a");
    assertThat(reconcile(List.of(there), folder)).isEmpty();
  }

  @Test
  void whatIsThereButWasNeverToldIsPublished() throws Exception {
    RestorePoint there = lay(folder, "a");
    assertThat(reconcile(List.of(), folder)).containsExactly(there);
  }

  @Test
  void whatWasDeletedByHandIsNoLongerAnnounced() throws Exception {
    RestorePoint gone = lay(folder, "a");
    Files.delete(folder.resolve("a.dump"));
    assertThat(reconcile(List.of(gone), folder))
        .singleElement()
        .satisfies(point -> assertThat(point.getState()).isEqualTo(RestorePointState.EXPIRED));
    RestorePoint expired = point("a", RestorePointState.EXPIRED, folder.resolve("a.dump"));
    assertThat(reconcile(List.of(expired), folder)).isEmpty();
  }

  @Test
  void aCutDumpIsToldAsDamagedAndAvailableAgainOnceItIsMended() throws Exception {
    RestorePoint cut = lay(folder, "a");
    Files.writeString(folder.resolve("a.dump"), "du");
    List<RestorePoint> told = reconcile(List.of(cut), folder);
    assertThat(told)
        .singleElement()
        .satisfies(point -> assertThat(point.getState()).isEqualTo(RestorePointState.DAMAGED));
    assertThat(reconcile(told, folder)).isEmpty();
    Files.writeString(folder.resolve("a.dump"), "dump");
    assertThat(reconcile(told, folder)).containsExactly(cut);
  }

  @Test
  void aCopyElsewhereKeepsItAvailable() throws Exception {
    RestorePoint near = lay(folder.resolve("near"), "a");
    RestorePoint far = lay(folder.resolve("far"), "a");
    Files.writeString(folder.resolve("near/a.dump"), "du");
    assertThat(reconcile(List.of(near), folder.resolve("near"), folder.resolve("far")))
        .containsExactly(far);
  }

  /** A share that is not mounted looks empty: that alone must not take every restore point away. */
  @Test
  void aShareThatIsNotMountedMakesNothingGoneAndIsTold() throws Exception {
    List<RestorePoint> known =
        List.of(lay(folder.resolve("share"), "a"), lay(folder.resolve("share"), "b"));
    Files.move(folder.resolve("share"), folder.resolve("away"));
    Files.createDirectory(folder.resolve("share"));
    assertThat(reconcile(known, folder.resolve("share"))).isEmpty();
    assertThat(missing(known)).hasValueSatisfying(why -> assertThat(why).contains("mounted"));

    // The next backup goes to the disk below the share; the others are still not gone.
    RestorePoint next = lay(folder.resolve("share"), "c");
    assertThat(reconcile(known, folder.resolve("share"))).containsExactly(next);
    known = List.of(known.get(0), known.get(1), next);
    assertThat(reconcile(known, folder.resolve("share"))).isEmpty();
    assertThat(missing(known)).isPresent();

    Files.move(folder.resolve("share"), folder.resolve("below"));
    Files.move(folder.resolve("away"), folder.resolve("share"));
    assertThat(missing(known)).isEmpty();
  }

  private Optional<String> missing(List<RestorePoint> known) {
    return BackupFolders.read(List.of(folder.resolve("share")), "eu-1", "postgresql", known)
        .missing();
  }

  @Test
  void aFolderThatCannotBeReadMakesNothingGone() throws Exception {
    RestorePoint far = lay(folder.resolve("far"), "a");
    Files.createDirectories(folder.resolve("near"));
    Files.move(folder.resolve("far"), folder.resolve("away"));
    assertThat(reconcile(List.of(far), folder.resolve("near"), folder.resolve("far"))).isEmpty();
  }
}
