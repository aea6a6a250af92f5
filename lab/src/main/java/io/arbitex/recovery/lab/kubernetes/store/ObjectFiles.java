package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One file per object, replaced atomically, so that a kill at any moment leaves the object as it
 * was or as it is. A machine that loses power may lose the last writes: the lab kills processes.
 */
final class ObjectFiles {
  private static final String SUFFIX = ".json";
  private static final String CLUSTER = "_cluster";

  private final Path folder;
  private final Path revision;

  ObjectFiles(Path stateFolder) throws IOException {
    this.folder = Files.createDirectories(stateFolder.resolve("objects"));
    this.revision = stateFolder.resolve("revision");
  }

  /** No revision up to this one may be given again. */
  long reservedRevision() throws IOException {
    return Files.exists(revision) ? Long.parseLong(Files.readString(revision).trim()) : 0;
  }

  void reserveRevision(long upTo) {
    write(revision, Long.toString(upTo).getBytes(StandardCharsets.UTF_8));
  }

  void write(ObjectKey key, ObjectNode object) {
    try {
      write(file(key), Meta.JSON.writeValueAsBytes(object));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep " + key, e);
    }
  }

  void delete(ObjectKey key) {
    try {
      Files.deleteIfExists(file(key));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + key, e);
    }
  }

  /** All objects that are kept. */
  List<ObjectNode> load(ResourceType type) throws IOException {
    List<ObjectNode> objects = new ArrayList<>();
    Path of = folder.resolve(type.qualified());
    if (!Files.isDirectory(of)) {
      return objects;
    }
    try (Stream<Path> files = Files.walk(of)) {
      for (Path file : files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
        objects.add((ObjectNode) Meta.JSON.readTree(Files.readAllBytes(file)));
      }
    }
    return objects;
  }

  /** All kinds that can be kept. */
  static List<ResourceType> types() {
    return ResourceTypes.ALL;
  }

  private Path file(ObjectKey key) {
    String namespace = key.namespace().isEmpty() ? CLUSTER : key.namespace();
    return folder.resolve(key.type().qualified()).resolve(namespace).resolve(key.name() + SUFFIX);
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      Files.write(beside, bytes);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
