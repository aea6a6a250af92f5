package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What really lies in the folders of one component. */
final class BackupFolders {
  private static final Logger log = LoggerFactory.getLogger(BackupFolders.class);

  private BackupFolders() {}

  /**
   * What was found.
   *
   * @param complete every folder could be read and looks like what was published; where not,
   *     nothing may be taken for gone
   * @param missing what is wrong with a folder that looks like another one, and what to do; empty
   *     when none does
   */
  record Contents(List<Reconciliation.Lying> lying, boolean complete, Optional<String> missing) {}

  /**
   * Reads them.
   *
   * @param known what is published of the component, read before this: what is published while the
   *     folders are read may not be found in them
   */
  static Contents read(
      List<Path> folders, String platform, String component, Collection<RestorePoint> known) {
    RestorePointManifest.Catalogue catalogue = RestorePointManifest.list(folders);
    boolean complete = true;
    for (RestorePointManifest.Unreadable each : catalogue.unreadable()) {
      log.warn("{}: {}", each.path(), each.reason());
      // The folder itself, not a manifest in it: a share that is away, say.
      complete &= !folders.contains(each.path());
    }
    List<Reconciliation.Lying> lying =
        catalogue.restorePoints().stream()
            .filter(found -> found.point().getPlatform().equals(platform))
            .filter(found -> found.point().getComponent().equals(component))
            .map(found -> new Reconciliation.Lying(found.point(), whole(found)))
            .toList();
    Optional<String> missing =
        folders.stream().flatMap(folder -> missing(folder, known).stream()).findFirst();
    missing.ifPresent(log::warn);
    return new Contents(lying, complete && missing.isEmpty(), missing);
  }

  /**
   * A share that is not mounted is a folder that can be read, and is empty; or holds only what was
   * written there since. So a folder that lost more than half of its restore points at once is not
   * believed. Where they were deleted on purpose, new ones outnumber them in time.
   */
  private static Optional<String> missing(Path folder, Collection<RestorePoint> known) {
    Path here = folder.toAbsolutePath().normalize();
    List<Path> manifests =
        known.stream()
            .filter(point -> point.getState() == RestorePointState.AVAILABLE)
            .map(point -> Path.of(point.getLocation()))
            .filter(dump -> here.equals(dump.getParent()))
            .map(RestorePointManifest::of)
            .toList();
    long gone = manifests.stream().filter(Files::notExists).count();
    return gone * 2 > manifests.size()
        ? Optional.of(
            "%s holds %d of the %d restore points that are published there: see whether the share is mounted. Nothing is declared gone meanwhile."
                .formatted(folder, manifests.size() - gone, manifests.size()))
        : Optional.empty();
  }

  private static boolean whole(RestorePointManifest.Found found) {
    try {
      boolean whole = DumpContent.size(found.dump()) == found.point().getSizeBytes();
      for (DumpPart part : found.point().getParts()) {
        Path file = found.dump().resolveSibling(part.getFile());
        whole &= Files.size(file) == part.getSizeBytes();
      }
      return whole;
    } catch (IOException e) {
      log.warn("{} cannot be read", found.dump(), e);
      return false;
    }
  }
}
