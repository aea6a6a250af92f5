package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.util.List;
import java.util.Map;

/** How many pods and Jobs a namespace may have by its resource quotas. */
public final class Quotas {
  /** What is counted, by its name in a quota. */
  public static final Map<String, ResourceType> COUNTED =
      Map.of("pods", ResourceTypes.POD, "count/jobs.batch", ResourceTypes.JOB);

  private Quotas() {}

  /**
   * The objects of a namespace that a quota counts. A pod that is over has given its room back; one
   * that is going has not yet. A Job counts as long as it is there.
   */
  public static int used(ObjectStore store, String namespace, ResourceType type) {
    return store.list(type, namespace, Quotas::counts).items().size();
  }

  private static boolean counts(JsonNode object) {
    return !List.of("Succeeded", "Failed").contains(object.at("/status/phase").asText());
  }

  /**
   * Refuses a new object for which there is no room.
   *
   * @throws ApiFailure 403, in the words by which clients and people know it
   */
  static void check(ObjectStore store, ObjectKey made) {
    for (Map.Entry<String, ResourceType> each : COUNTED.entrySet()) {
      if (each.getValue().equals(made.type())) {
        check(store, made, each.getKey());
      }
    }
  }

  private static void check(ObjectStore store, ObjectKey made, String counted) {
    for (ObjectNode quota :
        store
            .list(
                ResourceTypes.RESOURCE_QUOTA,
                made.namespace(),
                each -> each.at("/spec/hard").has(counted))
            .items()) {
      int most = quota.at("/spec/hard").path(counted).asInt();
      int used = used(store, made.namespace(), made.type());
      if (used >= most) {
        throw ApiFailure.forbidden(
            made,
            "exceeded quota: %s, requested: %s=1, used: %s=%d, limited: %s=%d"
                .formatted(
                    quota.at("/metadata/name").asText(), counted, counted, used, counted, most));
      }
    }
  }
}
