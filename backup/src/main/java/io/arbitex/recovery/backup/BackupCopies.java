package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Copies restore points to other folders: one that lies beside what it protects is lost with it.
 */
final class BackupCopies {
  private BackupCopies() {}

  /** Copies a dump and then its manifest; each is there whole or not at all. */
  static void copy(RestorePoint point, Path folder) throws IOException {
    Path source = Path.of(point.getLocation());
    Files.createDirectories(folder);
    Path target = folder.resolve(source.getFileName());
    Path part = folder.resolve(source.getFileName() + ".part");
    try {
      Files.copy(source, part, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      RestorePointManifest.syncFolder(target);
    } finally {
      Files.deleteIfExists(part);
    }
    RestorePointManifest.write(target, RestorePointManifest.read(RestorePointManifest.of(source)));
  }
}
