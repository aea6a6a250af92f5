package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.PodQuotas;
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
      int used = PodQuotas.used(registry.store(), Meta.namespace(quota));
      registry.amend(
          ObjectKey.of(ResourceTypes.RESOURCE_QUOTA, quota),
          each -> {
            ObjectNode status = each.putObject("status");
            status.set("hard", each.at("/spec/hard").deepCopy());
            ObjectNode counted = status.putObject("used");
            if (each.at("/spec/hard").has("pods")) {
              counted.put("pods", Integer.toString(used));
            }
          });
    }
  }
}
