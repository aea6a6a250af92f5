package io.arbitex.recovery.lab.azure.disks;

import io.arbitex.recovery.lab.azure.disks.Volume.State;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.state.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Deletes a disk or a snapshot: first it is out of the way, then it goes. */
public final class DeleteVolume implements Work {
  private final Volumes volumes;

  public DeleteVolume(Volumes volumes) {
    this.volumes = volumes;
  }

  @Override
  public void run(Operation operation) throws IOException {
    Volume volume = volumes.target(operation.target()).orElse(null);
    if (volume == null) {
      return;
    }
    Path place = volumes.folder(volume);
    Path gone = volumes.place(volume.kind()).resolve(".deleted-" + volume.name());
    Folders.remove(gone);
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(place, gone, StandardCopyOption.ATOMIC_MOVE);
    }
    Folders.remove(gone);
    volumes.remove(volume);
  }

  @Override
  public void abandon(Operation operation) {
    volumes
        .target(operation.target())
        .ifPresent(volume -> volumes.put(volume.withState(State.SUCCEEDED)));
  }
}
