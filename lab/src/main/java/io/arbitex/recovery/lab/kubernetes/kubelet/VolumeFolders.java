package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The folders behind a pod's volumes. */
final class VolumeFolders {
  private final Registry registry;
  private final DiskFolders disks;

  VolumeFolders(Registry registry, DiskFolders disks) {
    this.registry = registry;
    this.disks = disks;
  }

  /**
   * Makes the volumes ready and brings secrets and configuration up to date.
   *
   * @return the folder of each volume
   * @throws CannotStart when one cannot be mounted now
   */
  Map<String, Path> mount(JsonNode pod, PodFolder folder) throws CannotStart {
    Map<String, Path> folders = new LinkedHashMap<>();
    for (JsonNode volume : pod.at("/spec/volumes")) {
      String name = volume.path("name").asText();
      try {
        folders.put(name, mount(pod, volume, folder.volume(name)));
      } catch (IOException e) {
        throw new CannotStart(
            "ContainerCreating", "MountVolume.SetUp failed for volume \"" + name + "\": " + e, e);
      }
    }
    return folders;
  }

  private Path mount(JsonNode pod, JsonNode volume, Path own) throws CannotStart, IOException {
    if (volume.has("persistentVolumeClaim")) {
      return claim(pod, volume.at("/persistentVolumeClaim/claimName").asText());
    }
    if (volume.has("emptyDir")) {
      return Files.createDirectories(own);
    }
    if (volume.has("secret")) {
      JsonNode source = volume.path("secret");
      files(pod, source, ResourceTypes.SECRET, source.path("secretName").asText(), own);
      return own;
    }
    if (volume.has("configMap")) {
      JsonNode source = volume.path("configMap");
      files(pod, source, ResourceTypes.CONFIG_MAP, source.path("name").asText(), own);
      return own;
    }
    if (volume.has("hostPath")) {
      return hostPath(volume.path("hostPath"));
    }
    throw new CannotStart(
        "ContainerCreating",
        "MountVolume.SetUp failed for volume \""
            + volume.path("name").asText()
            + "\": the lab has no such kind of volume");
  }

  private static Path hostPath(JsonNode source) throws CannotStart, IOException {
    Path path = Path.of(source.path("path").asText());
    if (source.path("type").asText().equals("DirectoryOrCreate")) {
      return Files.createDirectories(path);
    }
    if (source.path("type").asText().equals("Directory") && !Files.isDirectory(path)) {
      throw new CannotStart(
          "ContainerCreating", "hostPath type check failed: " + path + " is not a directory");
    }
    return path;
  }

  private Path claim(JsonNode pod, String name) throws CannotStart {
    ObjectKey key = new ObjectKey(ResourceTypes.CLAIM, Meta.namespace(pod), name);
    Optional<ObjectNode> claim = registry.find(key);
    if (claim.isEmpty() || !claim.get().at("/status/phase").asText().equals("Bound")) {
      throw new CannotStart(
          "ContainerCreating", "persistentvolumeclaim \"" + name + "\" is missing or not bound");
    }
    String volumeName = claim.get().at("/spec/volumeName").asText();
    Optional<Path> folder =
        registry.find(ObjectKey.of(ResourceTypes.PERSISTENT_VOLUME, volumeName)).flatMap(disks::of);
    if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
      throw new CannotStart(
          "ContainerCreating",
          "AttachVolume.Attach failed for volume \""
              + volumeName
              + "\": the disk is not there"
              + folder.map(each -> ": " + each.getFileName()).orElse(""));
    }
    return folder.get();
  }

  private void files(JsonNode pod, JsonNode source, ResourceType type, String name, Path own)
      throws CannotStart, IOException {
    Optional<ObjectNode> object = registry.find(new ObjectKey(type, Meta.namespace(pod), name));
    if (object.isEmpty()) {
      if (source.path("optional").asBoolean()) {
        Files.createDirectories(own);
        return;
      }
      throw new CannotStart("ContainerCreating", type.singular() + " \"" + name + "\" not found");
    }
    Map<String, byte[]> all = data(type, object.get());
    if (!source.path("items").isArray()) {
      ProjectedFiles.write(own, all);
      return;
    }
    Map<String, byte[]> chosen = new LinkedHashMap<>();
    for (JsonNode item : source.path("items")) {
      byte[] value = all.get(item.path("key").asText());
      if (value == null) {
        throw new CannotStart(
            "ContainerCreating", "references non-existent key: " + item.path("key").asText());
      }
      chosen.put(item.path("path").asText(), value);
    }
    ProjectedFiles.write(own, chosen);
  }

  /** The entries of a secret or configuration map. */
  static Map<String, byte[]> data(ResourceType type, JsonNode object) {
    Map<String, byte[]> all = new LinkedHashMap<>();
    boolean encoded = type.equals(ResourceTypes.SECRET);
    object
        .path("data")
        .properties()
        .forEach(
            entry ->
                all.put(
                    entry.getKey(),
                    encoded
                        ? Base64.getDecoder().decode(entry.getValue().asText())
                        : entry.getValue().asText().getBytes(StandardCharsets.UTF_8)));
    object
        .path("binaryData")
        .properties()
        .forEach(
            entry ->
                all.put(entry.getKey(), Base64.getDecoder().decode(entry.getValue().asText())));
    return all;
  }
}
