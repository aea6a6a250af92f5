package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;

/** Binds claims to volumes, each to one for good. */
final class VolumeBinder implements Controller {
  private final Registry registry;

  VolumeBinder(Registry registry) {
    this.registry = registry;
  }

  @Override
  public void reconcile() {
    for (ObjectNode claim : registry.all(ResourceTypes.CLAIM, "")) {
      if (Claims.isBound(claim)) {
        loseIfGone(claim);
      } else if (!Meta.isBeingDeleted(claim) && !isLost(claim)) {
        bind(claim);
      }
    }
    for (ObjectNode volume : registry.all(ResourceTypes.PERSISTENT_VOLUME, "")) {
      if (volume.at("/status/phase").asText("Pending").equals("Pending")) {
        phase(volume, "Available");
      }
    }
  }

  private static boolean isLost(JsonNode claim) {
    return claim.at("/status/phase").asText().equals("Lost");
  }

  private void bind(ObjectNode claim) {
    boolean chosen = !claim.at("/spec/volumeName").asText("").isEmpty();
    if (!chosen && Claims.waitsForPod(registry, claim)) {
      return;
    }
    VolumeMatch.find(claim, registry.all(ResourceTypes.PERSISTENT_VOLUME, ""))
        .ifPresent(volume -> bind(claim, volume));
  }

  private void bind(ObjectNode claim, JsonNode volume) {
    registry.amend(
        ObjectKey.of(ResourceTypes.PERSISTENT_VOLUME, Meta.name(volume)),
        each -> {
          each.withObject("/spec/claimRef")
              .put("apiVersion", "v1")
              .put("kind", "PersistentVolumeClaim")
              .put("namespace", Meta.namespace(claim))
              .put("name", Meta.name(claim))
              .put("uid", Meta.uid(claim));
          each.withObject("/status").put("phase", "Bound");
        });
    registry.amend(
        ObjectKey.of(ResourceTypes.CLAIM, claim),
        each -> {
          each.withObject("/spec").put("volumeName", Meta.name(volume));
          each.withObject("/metadata/annotations").put("pv.kubernetes.io/bind-completed", "yes");
          ObjectNode status = each.withObject("/status").put("phase", "Bound");
          status.set("accessModes", volume.at("/spec/accessModes").deepCopy());
          status.set("capacity", volume.at("/spec/capacity").deepCopy());
        });
  }

  private void loseIfGone(ObjectNode claim) {
    ObjectKey volume =
        ObjectKey.of(ResourceTypes.PERSISTENT_VOLUME, claim.at("/spec/volumeName").asText());
    if (registry.find(volume).isEmpty()) {
      registry.amend(
          ObjectKey.of(ResourceTypes.CLAIM, claim),
          each -> each.withObject("/status").put("phase", "Lost"));
    }
  }

  private void phase(ObjectNode volume, String phase) {
    registry.amend(
        ObjectKey.of(ResourceTypes.PERSISTENT_VOLUME, volume),
        each -> each.withObject("/status").put("phase", phase));
  }
}
