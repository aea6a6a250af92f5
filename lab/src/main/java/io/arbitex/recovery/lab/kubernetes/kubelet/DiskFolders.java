package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a persistent volume's data is. A disk behind a CSI driver is the folder of the disks'
 * folder that is named as the last part of its handle: {@code …/disks/NAME} is {@code NAME}.
 *
 * @param disks all disks of the lab
 */
public record DiskFolders(Path disks) {

  /** How much a volume holds; 0 for one that the lab cannot mount, or whose folder is gone. */
  long usedBytes(JsonNode volume) throws IOException {
    Optional<Path> folder = of(volume).filter(Files::isDirectory);
    if (folder.isEmpty()) {
      return 0;
    }
    AtomicLong used = new AtomicLong();
    Files.walkFileTree(
        folder.get(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            used.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException error) {
            // Files come and go while it is in use.
            return FileVisitResult.CONTINUE;
          }
        });
    return used.get();
  }

  /** The folder of a volume; empty for a kind of volume that the lab cannot mount. */
  public Optional<Path> of(JsonNode volume) {
    JsonNode spec = volume.path("spec");
    String handle = spec.at("/csi/volumeHandle").asText("");
    if (!handle.isEmpty()) {
      String name = handle.substring(handle.lastIndexOf('/') + 1);
      // A name such as ".." would lead out of the disks.
      return name.isEmpty() || name.startsWith(".")
          ? Optional.empty()
          : Optional.of(disks.resolve(name));
    }
    for (String source : new String[] {"/hostPath/path", "/local/path"}) {
      String path = spec.at(source).asText("");
      if (!path.isEmpty()) {
        return Optional.of(Path.of(path));
      }
    }
    return Optional.empty();
  }
}
