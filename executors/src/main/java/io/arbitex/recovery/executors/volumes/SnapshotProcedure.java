package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.Procedure;

/** {@code pvc.snapshot}: see the package. */
public final class SnapshotProcedure {
  public static final String NAME = "pvc.snapshot";

  private SnapshotProcedure() {}

  public static Procedure of(VolumeTarget target) {
    return Procedure.named(NAME)
        .action(new CheckAccess(target, false))
        .action(new ChooseSnapshot(target))
        .action(new MakeDisk(target))
        .action(new OpenDisk(target))
        .action(new ProveDisk(target))
        .action(new CloseDisk(target, "close-disk"))
        .onFailure(new CloseDisk(target, "remove-work-volume"))
        .onFailure(new DeleteDisk(target))
        .build();
  }
}
