package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;

/**
 * The folder of a secret or a configuration map. As a kubelet does it: each file is a link into
 * {@code ..data}, itself a link, so that all files change in one step.
 */
final class ProjectedFiles {
  private static final String DATA = "..data";

  private ProjectedFiles() {}

  /** Makes the folder hold these files; does nothing if it does already. */
  static void write(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder);
    Path current = folder.resolve(DATA);
    if (Files.exists(current) && holds(current, files)) {
      return;
    }
    Path next = Files.createDirectory(folder.resolve("..v" + System.nanoTime()));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path at = next.resolve(file.getKey());
      Files.createDirectories(at.getParent());
      Files.write(at, file.getValue());
    }
    Path old = Files.isSymbolicLink(current) ? Files.readSymbolicLink(current) : null;
    Path link = folder.resolve("..data_tmp");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, next.getFileName());
    Files.move(link, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    for (String name : files.keySet()) {
      String top = Path.of(name).getName(0).toString();
      Path visible = folder.resolve(top);
      if (!Files.isSymbolicLink(visible)) {
        Files.createSymbolicLink(visible, Path.of(DATA, top));
      }
    }
    removeStale(folder);
    if (old != null) {
      PodFolder.deleteTree(folder.resolve(old));
    }
  }

  private static boolean holds(Path folder, Map<String, byte[]> files) throws IOException {
    int count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path each : all) {
        count++;
        byte[] wanted = files.get(each.getFileName().toString());
        if (wanted == null || !Arrays.equals(wanted, Files.readAllBytes(each))) {
          return false;
        }
      }
    }
    return count == files.size();
  }

  private static void removeStale(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path each : all) {
        if (Files.isSymbolicLink(each) && !Files.exists(each)) {
          Files.delete(each);
        }
      }
    }
  }
}
