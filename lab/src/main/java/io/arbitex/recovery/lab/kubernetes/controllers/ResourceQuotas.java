package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Quotas;
import io.arbitex.recovery.lab.kubernetes.store.Registry;

/**
 * Says in the status of each resource quota how much of it is used. Admission does the refusing.
 */
final class ResourceQuotas implements Controller {
  private final Registry registry;

  ResourceQuotas(Registry registry) {
    this.registry = registry;
  }

  @Override
  public void reconcile() {
    for (ObjectNode quota : registry.all(ResourceTypes.RESOURCE_QUOTA, "")) {
      registry.amend(
          ObjectKey.of(ResourceTypes.RESOURCE_QUOTA, quota),
          each -> {
            ObjectNode status = each.putObject("status");
            status.set("hard", each.at("/spec/hard").deepCopy());
            ObjectNode counted = status.putObject("used");
            Quotas.COUNTED.forEach(
                (name, type) -> {
                  if (each.at("/spec/hard").has(name)) {
                    int used = Quotas.used(registry.store(), Meta.namespace(quota), type);
                    counted.put(name, Integer.toString(used));
                  }
                });
          });
    }
  }
}
