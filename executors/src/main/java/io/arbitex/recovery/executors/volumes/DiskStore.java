package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import java.util.List;
import java.util.Optional;

/** Where the snapshots of a volume are, and the disks that are made from them. */
public interface DiskStore {

  /** The component's snapshots, in no order. */
  List<Snapshot> snapshots(ActionContext context) throws ActionFailure, InterruptedException;

  /** The disk of that name; empty when there is none. */
  Optional<MadeDisk> find(ActionContext context, String disk)
      throws ActionFailure, InterruptedException;

  /**
   * Whether a disk is there, whoever made it.
   *
   * @param handle by which its volume knows it
   * @throws ActionFailure when it cannot be told
   */
  boolean has(ActionContext context, String handle) throws ActionFailure, InterruptedException;

  /**
   * Makes a disk from a snapshot, or goes on making it, and waits until it is ready.
   *
   * @param oldDisk handle of the disk that it is to replace; empty when it is not known
   */
  void make(ActionContext context, String disk, String snapshot, Optional<String> oldDisk)
      throws ActionFailure, InterruptedException;

  /** Deletes a disk of this command, and waits until it is gone. */
  void delete(ActionContext context, String disk) throws ActionFailure, InterruptedException;

  /** Says in a volume where its disk is. */
  void place(PersistentVolumeSpec volume, String diskId);
}
