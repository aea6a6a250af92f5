package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.Registry;

/** The claims of a stateful set: made with its pods, and gone with them only if it says so. */
final class StatefulClaims {
  private final Registry registry;

  StatefulClaims(Registry registry) {
    this.registry = registry;
  }

  static String name(JsonNode template, JsonNode set, int ordinal) {
    return Meta.name(template) + "-" + Meta.name(set) + "-" + ordinal;
  }

  /** Makes the claims of a pod that are not there. */
  void make(ObjectNode set, int ordinal) {
    for (JsonNode template : set.at("/spec/volumeClaimTemplates")) {
      String name = name(template, set, ordinal);
      ObjectKey key = new ObjectKey(ResourceTypes.CLAIM, Meta.namespace(set), name);
      if (registry.find(key).isPresent()) {
        continue;
      }
      ObjectNode claim = Meta.JSON.createObjectNode();
      ObjectNode metadata = claim.putObject("metadata").put("name", name);
      ObjectNode labels = metadata.putObject("labels");
      if (template.at("/metadata/labels") instanceof ObjectNode own) {
        labels.setAll(own);
      }
      if (set.at("/spec/selector/matchLabels") instanceof ObjectNode own) {
        labels.setAll(own);
      }
      if (template.at("/metadata/annotations") instanceof ObjectNode own) {
        metadata.set("annotations", own.deepCopy());
      }
      claim.set("spec", template.path("spec").deepCopy());
      registry.create(ResourceTypes.CLAIM, Meta.namespace(set), claim, false);
    }
  }

  /** Carries out the retention policy. */
  void retain(ObjectNode set) {
    JsonNode policy = set.at("/spec/persistentVolumeClaimRetentionPolicy");
    boolean whenDeleted = policy.path("whenDeleted").asText().equals("Delete");
    boolean whenScaled = policy.path("whenScaled").asText().equals("Delete");
    int replicas = set.at("/spec/replicas").asInt();
    for (JsonNode template : set.at("/spec/volumeClaimTemplates")) {
      String prefix = Meta.name(template) + "-" + Meta.name(set) + "-";
      for (ObjectNode claim : registry.all(ResourceTypes.CLAIM, Meta.namespace(set))) {
        String ordinal =
            Meta.name(claim).startsWith(prefix) ? Meta.name(claim).substring(prefix.length()) : "";
        if (!ordinal.matches("\\d+") || Meta.isBeingDeleted(claim)) {
          continue;
        }
        own(set, claim, whenDeleted);
        boolean podIsGone =
            registry
                .find(
                    new ObjectKey(
                        ResourceTypes.POD, Meta.namespace(set), Meta.name(set) + "-" + ordinal))
                .isEmpty();
        if (whenScaled && Integer.parseInt(ordinal) >= replicas && podIsGone) {
          registry.delete(ObjectKey.of(ResourceTypes.CLAIM, claim), DeleteOptions.DEFAULT);
        }
      }
    }
  }

  /** With an owner the garbage collector deletes the claim when the set goes. */
  private void own(ObjectNode set, ObjectNode claim, boolean owned) {
    registry.amend(
        ObjectKey.of(ResourceTypes.CLAIM, claim),
        each -> {
          ObjectNode metadata = each.withObject("/metadata");
          if (owned) {
            metadata
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "apps/v1")
                .put("kind", "StatefulSet")
                .put("name", Meta.name(set))
                .put("uid", Meta.uid(set));
          } else {
            metadata.remove("ownerReferences");
          }
        });
  }
}
