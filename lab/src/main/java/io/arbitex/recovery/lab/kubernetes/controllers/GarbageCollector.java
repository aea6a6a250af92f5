package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.Deletion;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Deletes what has lost all its owners, and carries out foreground deletion and orphaning. */
final class GarbageCollector implements Controller {
  private record Found(ResourceType type, ObjectNode object) {}

  private final Registry registry;

  GarbageCollector(Registry registry) {
    this.registry = registry;
  }

  @Override
  public void reconcile() {
    Map<String, ObjectNode> byUid = new HashMap<>();
    List<Found> all = new ArrayList<>();
    for (ResourceType type : ResourceTypes.ALL) {
      if (type.equals(ResourceTypes.EVENT)) {
        continue;
      }
      for (ObjectNode object : registry.all(type, "")) {
        byUid.put(Meta.uid(object), object);
        all.add(new Found(type, object));
      }
    }
    for (Found each : all) {
      if (Meta.isBeingDeleted(each.object())) {
        finishOwner(each, all);
      }
      JsonNode owners = each.object().at("/metadata/ownerReferences");
      boolean owned = !owners.isEmpty();
      // One that asks for its dependents to go first counts as gone for them.
      boolean ownerLives =
          owners
              .valueStream()
              .map(owner -> byUid.get(owner.path("uid").asText()))
              .anyMatch(
                  owner -> owner != null && !Meta.finalizers(owner).contains(Deletion.FOREGROUND));
      if (owned && !ownerLives && !Meta.isBeingDeleted(each.object())) {
        delete(each);
      }
    }
  }

  private void delete(Found dependent) {
    ObjectKey key = ObjectKey.of(dependent.type(), dependent.object());
    // It may be a new one of the same name by now.
    registry
        .find(key)
        .filter(now -> Meta.uid(now).equals(Meta.uid(dependent.object())))
        .ifPresent(now -> registry.delete(key, DeleteOptions.DEFAULT));
  }

  private void finishOwner(Found owner, List<Found> all) {
    List<Found> dependents =
        all.stream()
            .filter(
                each ->
                    each.object()
                        .at("/metadata/ownerReferences")
                        .valueStream()
                        .anyMatch(
                            reference ->
                                reference.path("uid").asText().equals(Meta.uid(owner.object()))))
            .toList();
    if (Meta.finalizers(owner.object()).contains(Deletion.ORPHAN)) {
      dependents.forEach(each -> disown(each, Meta.uid(owner.object())));
      finish(owner, Deletion.ORPHAN);
    } else if (Meta.finalizers(owner.object()).contains(Deletion.FOREGROUND)
        && dependents.isEmpty()) {
      finish(owner, Deletion.FOREGROUND);
    }
  }

  private void disown(Found dependent, String uid) {
    registry.amend(
        ObjectKey.of(dependent.type(), dependent.object()),
        each -> {
          ArrayNode left = Meta.JSON.createArrayNode();
          for (JsonNode owner : each.at("/metadata/ownerReferences")) {
            if (!owner.path("uid").asText().equals(uid)) {
              left.add(owner);
            }
          }
          if (left.isEmpty()) {
            each.withObject("/metadata").remove("ownerReferences");
          } else {
            each.withObject("/metadata").set("ownerReferences", left);
          }
        });
  }

  private void finish(Found owner, String finalizer) {
    registry.amend(
        ObjectKey.of(owner.type(), owner.object()),
        each -> {
          List<String> left = new ArrayList<>(Meta.finalizers(each));
          left.remove(finalizer);
          Meta.setFinalizers(each, left);
        });
  }
}
