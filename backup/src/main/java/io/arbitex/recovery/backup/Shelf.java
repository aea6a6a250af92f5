package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;
import java.util.Collection;
import java.util.List;

/** Where the restore points of one component lie: folders, or a subscription of Azure. */
interface Shelf {
  /** Copies a new one to wherever else it is to be. What cannot be copied is told in the log. */
  void copy(RestorePoint point) throws InterruptedException;

  /**
   * Deletes all but the newest. What cannot be deleted is told in the log, and stays.
   *
   * @return those that are no longer there to be restored
   */
  List<RestorePoint> keepNewest() throws InterruptedException;

  /**
   * What really lies there.
   *
   * @param known what is published of the component, read before this
   */
  BackupFolders.Contents read(Collection<RestorePoint> known) throws InterruptedException;
}
