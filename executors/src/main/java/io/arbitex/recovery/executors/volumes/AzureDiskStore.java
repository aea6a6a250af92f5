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
        ours.add(new Snapshot(each.name(), each.takenAt(), unfit));
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
    return disks
        .find(disk)
        .map(
            found ->
                new MadeDisk(
                    found.id(),
                    found.gibibytes() + "Gi",
                    found.zones(),
                    found.tag(COMMAND_TAG),
                    found.ready()));
  }

  @Override
  public void make(ActionContext context, String disk, String snapshot, Optional<String> oldDisk)
      throws ActionFailure, InterruptedException {
    if (disks.find(disk).isEmpty()) {
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
      disks.beginMake(disk, from, oldDisk.map(AzureDiskStore::name), tags(context));
    }
    String doing = "make the disk " + disk + " from the snapshot " + snapshot;
    while (true) {
      Optional<Disk> found = disks.find(disk);
      if (found.filter(Disk::ready).isPresent()) {
        return;
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

  /** The last part of a handle: {@code …/disks/NAME}. */
  private static String name(String handle) {
    return handle.substring(handle.lastIndexOf('/') + 1);
  }

  @Override
  public void delete(ActionContext context, String disk)
      throws ActionFailure, InterruptedException {
    disks.beginDelete(disk);
    while (disks.find(disk).isPresent()) {
      OperationWait.pause(context, PAUSE, "delete the disk " + disk);
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
