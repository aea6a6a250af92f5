package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the newest restore points of a component and deletes the rest. What has no readable
 * manifest is not touched: nobody knows what it is.
 */
final class Retention {
  private final int keep;

  /**
   * @param keep how many, at least 1; the runbook keeps 84: 12 a day for 7 days
   */
  Retention(int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("at least one restore point must be kept");
    }
    this.keep = keep;
  }

  /**
   * Applies to one folder.
   *
   * @return what was deleted
   */
  List<RestorePoint> apply(Path folder, String platform, String component) throws IOException {
    List<RestorePointManifest.Found> own =
        RestorePointManifest.list(List.of(folder)).restorePoints().stream()
            .filter(found -> found.point().getPlatform().equals(platform))
            .filter(found -> found.point().getComponent().equals(component))
            .toList();
    List<RestorePoint> deleted = new ArrayList<>();
    for (RestorePointManifest.Found found : own.subList(Math.min(keep, own.size()), own.size())) {
      // The manifest first: it must never name a dump that is gone.
      Files.deleteIfExists(found.manifest());
      RestorePointManifest.syncFolder(found.manifest());
      Files.deleteIfExists(found.dump());
      for (DumpPart part : found.point().getParts()) {
        Files.deleteIfExists(found.dump().resolveSibling(part.getFile()));
      }
      deleted.add(found.point());
    }
    return deleted;
  }
}
