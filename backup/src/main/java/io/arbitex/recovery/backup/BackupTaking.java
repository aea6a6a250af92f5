package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;

/** Takes one backup of what a component is now. */
@FunctionalInterface
interface BackupTaking {
  /**
   * Takes it.
   *
   * @throws BackupFailed when there is no restore point now; earlier ones are untouched
   */
  RestorePoint take() throws BackupFailed, InterruptedException;
}
