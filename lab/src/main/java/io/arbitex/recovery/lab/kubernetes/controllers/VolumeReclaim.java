package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What becomes of a volume whose claim is gone: kept (Released), or deleted with its folder and all
 * that is in it.
 */
final class VolumeReclaim implements Controller {
  private final Registry registry;
  private final EventRecorder events;
  private final Path disks;

  VolumeReclaim(Registry registry, EventRecorder events, Path disks) {
    this.registry = registry;
    this.events = events;
    this.disks = disks;
  }

  @Override
  public void reconcile() {
    for (ObjectNode volume : registry.all(ResourceTypes.PERSISTENT_VOLUME, "")) {
      boolean bound = volume.at("/status/phase").asText().equals("Bound");
      boolean released = volume.at("/status/phase").asText().equals("Released");
      if ((bound || released) && !hasClaim(volume)) {
        reclaim(volume);
      }
    }
  }

  private boolean hasClaim(JsonNode volume) {
    JsonNode owner = volume.at("/spec/claimRef");
    Optional<ObjectNode> claim =
        registry.find(
            new ObjectKey(
                ResourceTypes.CLAIM,
                owner.path("namespace").asText(),
                owner.path("name").asText()));
    return claim.filter(each -> Meta.uid(each).equals(owner.path("uid").asText())).isPresent();
  }

  private void reclaim(ObjectNode volume) {
    ObjectKey key = ObjectKey.of(ResourceTypes.PERSISTENT_VOLUME, volume);
    registry.amend(key, each -> each.withObject("/status").put("phase", "Released"));
    if (!volume.at("/spec/persistentVolumeReclaimPolicy").asText().equals("Delete")) {
      return;
    }
    String handle = volume.at("/spec/csi/volumeHandle").asText("");
    String name = handle.substring(handle.lastIndexOf('/') + 1);
    if (name.isEmpty() || name.startsWith(".")) {
      registry.amend(key, each -> each.withObject("/status").put("phase", "Failed"));
      events.warn(volume, "VolumeFailedDelete", "no deleter for this kind of volume");
      return;
    }
    deleteTree(disks.resolve(name));
    if (!Meta.isBeingDeleted(volume)) {
      registry.delete(key, DeleteOptions.DEFAULT);
    }
  }

  private static void deleteTree(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the disk " + root, e);
    }
  }
}
