package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Snapshots in Azure, which keeps copies of its own. */
final class SnapshotShelf implements Shelf {
  private static final Logger log = LoggerFactory.getLogger(SnapshotShelf.class);

  private final VolumeSnapshots snapshots;
  private final int keep;

  /**
   * @param keep how many of those that this service has taken, at least 1
   */
  SnapshotShelf(VolumeSnapshots snapshots, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("at least one restore point must be kept");
    }
    this.snapshots = snapshots;
    this.keep = keep;
  }

  @Override
  public void copy(RestorePoint point) {
    // The resource group of the snapshots says where they are; Azure has them more than once.
  }

  @Override
  public List<RestorePoint> keepNewest() {
    List<RestorePoint> deleted = new ArrayList<>();
    try {
      List<String> ours = snapshots.taken();
      List<RestorePoint> whole =
          snapshots.all().stream()
              .filter(each -> ours.contains(each.getId()))
              .filter(each -> each.getState() == RestorePointState.AVAILABLE)
              .toList();
      for (RestorePoint old : whole.subList(Math.min(keep, whole.size()), whole.size())) {
        snapshots.delete(old.getId());
        log.info("restore point {} is deleted from Azure", old.getId());
        deleted.add(old);
      }
    } catch (IOException e) {
      log.error("old snapshots cannot be deleted", e);
    }
    return deleted;
  }

  @Override
  public BackupFolders.Contents read(Collection<RestorePoint> known) {
    try {
      List<Reconciliation.Lying> lying =
          snapshots.all().stream()
              .map(
                  each ->
                      new Reconciliation.Lying(
                          each, each.getState() == RestorePointState.AVAILABLE))
              .toList();
      return new BackupFolders.Contents(lying, true, Optional.empty());
    } catch (IOException e) {
      log.warn("what lies in Azure cannot be told: {}", e.getMessage());
      return new BackupFolders.Contents(List.of(), false, Optional.of(e.getMessage()));
    }
  }
}
