package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.DumpPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What really lies in the folders of one component. */
final class BackupFolders {
  private static final Logger log = LoggerFactory.getLogger(BackupFolders.class);

  private BackupFolders() {}

  /**
   * What was found.
   *
   * @param complete every folder could be read; where not, nothing may be taken for gone
   */
  record Contents(List<Reconciliation.Lying> lying, boolean complete) {}

  static Contents read(List<Path> folders, String platform, String component) {
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
    return new Contents(lying, complete);
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
