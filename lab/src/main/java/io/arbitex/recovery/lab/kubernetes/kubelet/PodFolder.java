package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a pod's things are on this machine. */
record PodFolder(Path root) {
  static PodFolder of(Path pods, String uid) {
    return new PodFolder(pods.resolve(uid));
  }

  Path volume(String name) {
    return root.resolve("volumes").resolve(name);
  }

  Path container(String name) {
    return root.resolve("containers").resolve(name);
  }

  /** What the container takes for {@code /}, as far as mounts go. */
  Path rootOf(String container) {
    return container(container).resolve("rootfs");
  }

  /** What stands first in the container's path. */
  Path programs(String container) {
    return container(container).resolve("bin");
  }

  Path record(String container) {
    return container(container).resolve("process.json");
  }

  /**
   * @param run 0 for the first, one more for each restart
   */
  Path log(String container, int run) {
    return container(container).resolve(run + ".log");
  }

  /** Deletes it all; a link's target is not touched. */
  void delete() {
    deleteTree(root);
  }

  static void deleteTree(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + root, e);
    }
  }
}
