package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.util.List;

/** How many pods a namespace may have by its resource quotas. */
public final class PodQuotas {
  private PodQuotas() {}

  /**
   * The pods of a namespace that a quota counts. One that is over has given its room back; one that
   * is going has not yet.
   */
  public static int used(ObjectStore store, String namespace) {
    return store.list(ResourceTypes.POD, namespace, PodQuotas::counts).items().size();
  }

  private static boolean counts(JsonNode pod) {
    return !List.of("Succeeded", "Failed").contains(pod.at("/status/phase").asText());
  }

  /**
   * Refuses a new pod for which there is no room.
   *
   * @throws ApiFailure 403, in the words by which clients and people know it
   */
  static void check(ObjectStore store, ObjectKey pod) {
    for (ObjectNode quota :
        store.list(ResourceTypes.RESOURCE_QUOTA, pod.namespace(), PodQuotas::limits).items()) {
      int most = quota.at("/spec/hard/pods").asInt();
      int used = used(store, pod.namespace());
      if (used >= most) {
        throw ApiFailure.forbidden(
            pod,
            "exceeded quota: %s, requested: pods=1, used: pods=%d, limited: pods=%d"
                .formatted(quota.at("/metadata/name").asText(), used, most));
      }
    }
  }

  private static boolean limits(JsonNode quota) {
    return quota.at("/spec/hard").has("pods");
  }
}
