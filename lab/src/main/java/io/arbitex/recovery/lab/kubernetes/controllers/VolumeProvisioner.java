package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes volumes for claims whose class has the lab's provisioner: a folder each. */
final class VolumeProvisioner implements Controller {
  /** The provisioner of AKS's own classes; in the lab its disks are folders. */
  static final String PROVISIONER = "disk.csi.azure.com";

  private final Registry registry;
  private final Path disks;

  VolumeProvisioner(Registry registry, Path disks) {
    this.registry = registry;
    this.disks = disks;
  }

  @Override
  public void reconcile() {
    for (ObjectNode claim : registry.all(ResourceTypes.CLAIM, "")) {
      boolean open =
          claim.at("/status/phase").asText("Pending").equals("Pending")
              && !Meta.isBeingDeleted(claim)
              && claim.at("/spec/volumeName").asText("").isEmpty();
      boolean ours =
          Claims.storageClass(registry, claim)
              .filter(each -> each.path("provisioner").asText().equals(PROVISIONER))
              .isPresent();
      if (open && ours && !Claims.waitsForPod(registry, claim) && !hasVolume(claim)) {
        provision(claim);
      }
    }
  }

  private boolean hasVolume(ObjectNode claim) {
    return VolumeMatch.find(claim, registry.all(ResourceTypes.PERSISTENT_VOLUME, "")).isPresent();
  }

  private void provision(ObjectNode claim) {
    String name = "pvc-" + Meta.uid(claim);
    try {
      Files.createDirectories(disks.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the disk " + name, e);
    }
    ObjectNode storageClass = Claims.storageClass(registry, claim).orElseThrow();
    ObjectNode volume = Meta.JSON.createObjectNode();
    ObjectNode metadata = volume.putObject("metadata").put("name", name);
    metadata.putObject("annotations").put("pv.kubernetes.io/provisioned-by", PROVISIONER);
    ObjectNode spec = volume.putObject("spec");
    spec.putObject("capacity")
        .put("storage", claim.at("/spec/resources/requests/storage").asText());
    spec.set("accessModes", claim.at("/spec/accessModes").deepCopy());
    spec.put("persistentVolumeReclaimPolicy", storageClass.path("reclaimPolicy").asText("Delete"));
    spec.put("storageClassName", Meta.name(storageClass));
    spec.putObject("csi")
        .put("driver", PROVISIONER)
        .put("volumeHandle", name)
        .put("fsType", "ext4");
    spec.putObject("claimRef")
        .put("apiVersion", "v1")
        .put("kind", "PersistentVolumeClaim")
        .put("namespace", Meta.namespace(claim))
        .put("name", Meta.name(claim))
        .put("uid", Meta.uid(claim));
    if (registry.find(ObjectKey.of(ResourceTypes.PERSISTENT_VOLUME, name)).isEmpty()) {
      registry.create(ResourceTypes.PERSISTENT_VOLUME, "", volume, false);
    }
  }
}
