package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.Registry;

/** Gives new namespaces their service account, and empties those that are being deleted. */
final class Namespaces implements Controller {
  private final Registry registry;

  Namespaces(Registry registry) {
    this.registry = registry;
  }

  @Override
  public void reconcile() {
    for (ObjectNode namespace : registry.all(ResourceTypes.NAMESPACE, "")) {
      if (Meta.isBeingDeleted(namespace)) {
        empty(namespace);
      } else {
        account(Meta.name(namespace));
      }
    }
  }

  private void account(String namespace) {
    if (registry
        .find(new ObjectKey(ResourceTypes.SERVICE_ACCOUNT, namespace, "default"))
        .isEmpty()) {
      ObjectNode account = Meta.JSON.createObjectNode();
      account.putObject("metadata").put("name", "default");
      registry.create(ResourceTypes.SERVICE_ACCOUNT, namespace, account, false);
    }
  }

  private void empty(ObjectNode namespace) {
    boolean empty = true;
    for (ResourceType type : ResourceTypes.ALL) {
      if (!type.namespaced()) {
        continue;
      }
      for (ObjectNode each : registry.all(type, Meta.name(namespace))) {
        empty = false;
        if (!Meta.isBeingDeleted(each)) {
          registry.delete(ObjectKey.of(type, each), DeleteOptions.DEFAULT);
        }
      }
    }
    if (empty) {
      registry.amend(
          ObjectKey.of(ResourceTypes.NAMESPACE, namespace),
          each -> each.withObject("/spec").remove("finalizers"));
    }
  }
}
