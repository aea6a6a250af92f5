package io.arbitex.recovery.lab.azure.disks;

import io.arbitex.recovery.lab.azure.disks.Volume.State;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.state.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Makes a disk or a snapshot beside its place, and puts it there when it is whole. */
public final class MakeVolume implements Work {
  private static final int MOST_LOOKS = 3;

  /** Parameter of the operation: {@link Volume#target} of what it copies; absent for none. */
  public static final String SOURCE = "source";

  /** Parameter of the operation: the folder of what it copies. */
  public static final String SOURCE_FOLDER = "folder";

  private final Volumes volumes;
  private final Freeze freeze;

  public MakeVolume(Volumes volumes, Freeze freeze) {
    this.volumes = volumes;
    this.freeze = freeze;
  }

  @Override
  public void run(Operation operation) throws OperationFailed, IOException, InterruptedException {
    Volume volume =
        volumes
            .target(operation.target())
            .orElseThrow(() -> new IOException("there is no " + operation.target()));
    String from = operation.parameters().get(SOURCE_FOLDER);
    make(volume, from == null ? null : Path.of(from));
  }

  /**
   * Makes one that has its record. Done again after a kill, it ends as if it had been done once.
   *
   * @param from the folder of what it copies; null for none
   * @throws OperationFailed when the source is gone, cannot be copied, or the place is taken
   */
  public void make(Volume volume, Path from)
      throws OperationFailed, IOException, InterruptedException {
    Path place = volumes.folder(volume);
    Path beside = beside(volume);
    if (volume.state() == State.CREATING) {
      if (volumes.isPlaceTaken(volume.kind(), volume.name())) {
        throw new OperationFailed("Conflict", place + " is there, and is not overwritten", null);
      }
      fill(from, beside);
      volumes.put(volume.withState(State.PLACING));
    }
    // Killed between the two, the next try finds it in its place already.
    if (volume.state() != State.SUCCEEDED && Files.exists(beside)) {
      Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
    }
    volumes.put(volume.withState(State.SUCCEEDED));
  }

  private void fill(Path from, Path beside)
      throws OperationFailed, IOException, InterruptedException {
    if (from == null) {
      Folders.remove(beside);
      Files.createDirectory(beside);
    } else if (Files.isDirectory(from)) {
      copy(from, beside);
    } else {
      throw new OperationFailed("ResourceNotFound", "The source has gone: " + from, null);
    }
  }

  /** Whoever changed it all the same is looked for once more. */
  private void copy(Path from, Path beside)
      throws OperationFailed, IOException, InterruptedException {
    for (int look = 1; ; look++) {
      try {
        freeze.during(from, () -> FolderCopy.ofOneMoment(from, beside));
        return;
      } catch (OperationFailed e) {
        if (look == MOST_LOOKS) {
          throw e;
        }
      }
    }
  }

  /** Kubernetes takes no folder for a disk whose name begins so. */
  private Path beside(Volume volume) {
    return volumes.place(volume.kind()).resolve(".new-" + volume.name());
  }

  @Override
  public void abandon(Operation operation) throws IOException {
    Volume volume = volumes.target(operation.target()).orElse(null);
    if (volume != null) {
      Folders.remove(beside(volume));
      volumes.remove(volume);
    }
  }
}
