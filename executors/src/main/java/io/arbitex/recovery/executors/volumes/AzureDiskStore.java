package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.Disk;
import io.arbitex.recovery.executors.azure.DiskSnapshot;
import io.arbitex.recovery.executors.azure.Disks;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.CSIPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Disks of Azure. Which snapshots are the component's, their tags say: the backup that took them
 * has written platform and component there.
 */
public final class AzureDiskStore implements DiskStore {
  static final String PLATFORM_TAG = "recovery-platform";
  static final String COMPONENT_TAG = "recovery-component";
  private static final String COMMAND_TAG = "recovery-command";
  private static final String DRIVER = "disk.csi.azure.com";
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A disk that Azure has accepted is seen by its name within it. */
  private static final Duration APPEARS = Duration.ofMinutes(1);

  private final VolumeTarget target;
  private final Disks disks;

  public AzureDiskStore(VolumeTarget target, Disks disks) {
    this.target = target;
    this.disks = disks;
  }

  @Override
  public List<Snapshot> snapshots(ActionContext context)
      throws ActionFailure, InterruptedException {
    List<Snapshot> ours = new ArrayList<>();
    for (DiskSnapshot each : disks.snapshots()) {
      if (isOurs(each)) {
        Optional<String> unfit =
            each.complete() ? Optional.empty() : Optional.of("it is " + each.state());
        ours.add(new Snapshot(each.name(), each.takenAt(), each.source(), unfit));
      }
    }
    return ours;
  }

  private boolean isOurs(DiskSnapshot snapshot) {
    return target.platform().equals(snapshot.tags().get(PLATFORM_TAG))
        && target.component().equals(snapshot.tags().get(COMPONENT_TAG));
  }

  @Override
  public Optional<MadeDisk> find(ActionContext context, String disk)
      throws ActionFailure, InterruptedException {
    Optional<Disk> found = disks.find(disk);
    if (found.isEmpty() && disk.equals(target.diskOf(context.command()))) {
      // One that Azure has accepted may not be seen yet.
      Optional<String> operation = operation(context);
      return operation.isPresent() && OperationWait.isUnderWay(disks, operation.get())
          ? Optional.of(
              new MadeDisk("", "", List.of(), Optional.of(context.command().getCommandId()), false))
          : Optional.empty();
    }
    return found.map(
        each ->
            new MadeDisk(
                each.id(),
                each.gibibytes() + "Gi",
                each.zones(),
                each.tag(COMMAND_TAG),
                each.ready()));
  }

  /** Of this command's disk: an earlier attempt's operation made another one. */
  private Optional<String> operation(ActionContext context) {
    String own = target.diskOf(context.command()) + " ";
    return context
        .fact(VolumeFacts.OPERATION)
        .filter(known -> known.startsWith(own))
        .map(known -> known.substring(own.length()));
  }

  @Override
  public boolean has(ActionContext context, String handle)
      throws ActionFailure, InterruptedException {
    return disks.has(handle);
  }

  @Override
  public void make(ActionContext context, String disk, String snapshot, Optional<String> oldDisk)
      throws ActionFailure, InterruptedException {
    Optional<String> operation = operation(context);
    String doing = "make the disk " + disk + " from the snapshot " + snapshot;
    if (operation.isEmpty() && disks.find(disk).isEmpty()) {
      DiskSnapshot from =
          disks.snapshots().stream()
              .filter(each -> each.name().equals(snapshot) && isOurs(each))
              .findFirst()
              .orElseThrow(
                  () ->
                      ActionFailure.permanent(
                          FailureCode.PROOF_FAILED,
                          "the snapshot " + snapshot + " is gone",
                          "See who deletes snapshots; the one before it is taken."));
      operation = disks.beginMake(disk, from, oldDisk, tags(context));
      if (operation.isPresent()) {
        context.remember(VolumeFacts.OPERATION, disk + " " + operation.get());
      }
    }
    OperationWait.end(context, disks, operation, doing);
    untilReady(context, disk, doing);
  }

  private void untilReady(ActionContext context, String disk, String doing)
      throws ActionFailure, InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      Optional<Disk> found = disks.find(disk);
      if (found.filter(Disk::ready).isPresent()) {
        return;
      }
      if (found.isEmpty() && System.nanoTime() - begin > APPEARS.toNanos()) {
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED,
            "Azure took the order but has no disk " + disk,
            "See Azure's activity log for the operation.");
      }
      String state = found.map(Disk::state).orElse("");
      if (state.equals("Failed") || state.equals("Canceled")) {
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED,
            "Azure could not " + doing + ": it is " + state,
            "See Azure's activity log for the disk.");
      }
      OperationWait.pause(context, PAUSE, doing);
    }
  }

  private Map<String, String> tags(ActionContext context) {
    return Map.of(
        COMMAND_TAG,
        context.command().getCommandId(),
        "recovery-incident",
        context.command().getIncidentId(),
        PLATFORM_TAG,
        target.platform(),
        COMPONENT_TAG,
        target.component());
  }

  @Override
  public void delete(ActionContext context, String disk)
      throws ActionFailure, InterruptedException {
    String doing = "delete the disk " + disk;
    Optional<String> making = operation(context);
    // Azure refuses to delete what it is making.
    while (making.isPresent() && OperationWait.isUnderWay(disks, making.get())) {
      OperationWait.pause(context, PAUSE, doing);
    }
    if (disks.find(disk).isEmpty()) {
      return;
    }
    OperationWait.end(context, disks, disks.beginDelete(disk), doing);
    while (disks.find(disk).isPresent()) {
      OperationWait.pause(context, PAUSE, doing);
    }
  }

  @Override
  public void place(PersistentVolumeSpec volume, String diskId) {
    CSIPersistentVolumeSource source = new CSIPersistentVolumeSource();
    source.setDriver(DRIVER);
    source.setVolumeHandle(diskId);
    source.setFsType("ext4");
    volume.setCsi(source);
  }
}
