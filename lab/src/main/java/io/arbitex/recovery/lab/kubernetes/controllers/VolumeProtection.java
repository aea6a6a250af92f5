package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.util.ArrayList;
import java.util.List;

/** Lets claims go that no pod uses any more, and volumes that no claim has any more. */
final class VolumeProtection implements Controller {
  private static final String CLAIM = "kubernetes.io/pvc-protection";
  private static final String VOLUME = "kubernetes.io/pv-protection";

  private final Registry registry;

  VolumeProtection(Registry registry) {
    this.registry = registry;
  }

  @Override
  public void reconcile() {
    for (ObjectNode claim : registry.all(ResourceTypes.CLAIM, "")) {
      if (Meta.isBeingDeleted(claim) && !Claims.isInUse(registry, claim)) {
        release(ResourceTypes.CLAIM, claim, CLAIM);
      }
    }
    for (ObjectNode volume : registry.all(ResourceTypes.PERSISTENT_VOLUME, "")) {
      boolean bound = volume.at("/status/phase").asText().equals("Bound");
      if (Meta.isBeingDeleted(volume) && !bound) {
        release(ResourceTypes.PERSISTENT_VOLUME, volume, VOLUME);
      }
    }
  }

  private void release(ResourceType type, ObjectNode object, String finalizer) {
    registry.amend(
        ObjectKey.of(type, object),
        each -> {
          List<String> left = new ArrayList<>(Meta.finalizers(each));
          left.remove(finalizer);
          Meta.setFinalizers(each, left);
        });
  }
}
