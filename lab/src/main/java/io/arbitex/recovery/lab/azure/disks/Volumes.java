package io.arbitex.recovery.lab.azure.disks;

import io.arbitex.recovery.lab.azure.disks.Volume.Kind;
import io.arbitex.recovery.lab.azure.disks.Volume.State;
import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The disks and snapshots of the subscription. A name is taken in all resource groups, since it is
 * the folder's name; upper and lower case are the same.
 */
public final class Volumes {
  private static final int FOUND_GB = 32;

  private final Map<Kind, RecordFiles<Volume>> records = new EnumMap<>(Kind.class);
  private final Map<Kind, Path> folders = new EnumMap<>(Kind.class);
  private final String foundGroup;

  /**
   * @param state of the lab
   * @param disks where a disk is the folder of its name, as for the lab's Kubernetes
   * @param foundGroup resource group of folders that others have made there; null for none: they
   *     are no disks of the subscription then
   */
  public Volumes(Path state, Path disks, String foundGroup) throws IOException {
    folders.put(Kind.DISK, Files.createDirectories(disks).toRealPath());
    folders.put(
        Kind.SNAPSHOT, Files.createDirectories(state.resolve("snapshot-folders")).toRealPath());
    for (Kind kind : Kind.values()) {
      records.put(kind, new RecordFiles<>(state.resolve(kind.type()), Volume.class));
    }
    this.foundGroup = foundGroup;
  }

  /** Where all of a kind are. */
  public Path place(Kind kind) {
    return folders.get(kind);
  }

  /** Where its data is. */
  public Path folder(Volume volume) {
    return folders.get(volume.kind()).resolve(volume.name());
  }

  /** Whether somebody has made a folder of that name, known or not. */
  public boolean isPlaceTaken(Kind kind, String name) {
    return Files.exists(folders.get(kind).resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  public List<Volume> all(Kind kind) {
    List<Volume> all = new ArrayList<>(records.get(kind).values());
    if (kind == Kind.DISK && foundGroup != null) {
      try (Stream<Path> each = Files.list(folders.get(kind))) {
        each.map(it -> it.getFileName().toString())
            .filter(name -> named(kind, name).isEmpty())
            .flatMap(name -> found(name).stream())
            .forEach(all::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  public Optional<Volume> find(Kind kind, String resourceGroup, String name) {
    return named(kind, name)
        .or(() -> kind == Kind.DISK ? found(name) : Optional.empty())
        .filter(each -> each.resourceGroup().equalsIgnoreCase(resourceGroup));
  }

  /** One that has a record. */
  public Optional<Volume> named(Kind kind, String name) {
    return records.get(kind).find(key(kind, name));
  }

  /** A folder that somebody else has made, such as the provisioner of the lab's Kubernetes. */
  private Optional<Volume> found(String name) {
    Path folder = folders.get(Kind.DISK).resolve(name);
    if (foundGroup == null || name.startsWith(".") || !Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Volume(
              Kind.DISK,
              foundGroup,
              name,
              "westeurope",
              FOUND_GB,
              Map.of("name", "Premium_LRS"),
              List.of(),
              Map.of(),
              null,
              false,
              Files.getLastModifiedTime(folder).toMillis(),
              State.SUCCEEDED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void put(Volume volume) {
    records.get(volume.kind()).put(key(volume.kind(), volume.name()), volume);
  }

  void remove(Volume volume) {
    records.get(volume.kind()).remove(key(volume.kind(), volume.name()));
  }

  /** The one that an operation is about. */
  Optional<Volume> target(String target) {
    for (Kind kind : Kind.values()) {
      if (target.startsWith(kind.type() + "/")) {
        return named(kind, target.substring(kind.type().length() + 1));
      }
    }
    return Optional.empty();
  }

  private static String key(Kind kind, String name) {
    return Volume.target(kind, name).substring(kind.type().length() + 1);
  }
}
