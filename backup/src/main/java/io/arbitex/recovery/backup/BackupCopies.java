package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.DumpPart;
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

  /** Copies a dump, its parts and then its manifest; each is there whole or not at all. */
  static void copy(RestorePoint point, Path folder) throws IOException {
    Path source = Path.of(point.getLocation());
    Files.createDirectories(folder);
    for (DumpPart part : point.getParts()) {
      copy(source.resolveSibling(part.getFile()), folder.resolve(part.getFile()));
    }
    Path target = folder.resolve(source.getFileName());
    copy(source, target);
    RestorePointManifest.write(target, RestorePointManifest.read(RestorePointManifest.of(source)));
  }

  private static void copy(Path source, Path target) throws IOException {
    Path unfinished = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.copy(source, unfinished, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      RestorePointManifest.syncFolder(target);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }
}
