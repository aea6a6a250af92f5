package io.arbitex.recovery.detector.volumes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How full a volume is, by the kubelet of a node on which it is mounted ({@code stats/summary}).
 * Asked for seldom: the kubelet itself counts once a minute. Where the observer may not ask, or the
 * kubelet does not say, nothing is known of it, and nothing is told.
 */
final class VolumeUse {
  private static final Logger log = LoggerFactory.getLogger(VolumeUse.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration EVERY = Duration.ofSeconds(30);

  private final String namespace;
  private final String claim;
  private Instant nextAt = Instant.MIN;
  private OptionalDouble known = OptionalDouble.empty();
  private boolean told;

  VolumeUse(String namespace, String claim) {
    this.namespace = namespace;
    this.claim = claim;
  }

  /**
   * The share that is used, 0 to 1.
   *
   * @param ready pods that have it mounted
   */
  OptionalDouble share(KubernetesClient client, List<Pod> ready, Instant at) {
    if (at.isBefore(nextAt) || ready.isEmpty()) {
      return known;
    }
    nextAt = at.plus(EVERY);
    String node = ready.get(0).getSpec().getNodeName();
    try {
      String summary = client.raw("/api/v1/nodes/" + node + "/proxy/stats/summary");
      known = summary == null ? OptionalDouble.empty() : of(JSON.readTree(summary));
    } catch (KubernetesClientException | JsonProcessingException e) {
      known = OptionalDouble.empty();
      if (!told) {
        log.warn("how full {} is cannot be asked for: {}", claim, e.toString());
        told = true;
      }
    }
    return known;
  }

  private OptionalDouble of(JsonNode summary) {
    for (JsonNode pod : summary.path("pods")) {
      for (JsonNode volume : pod.path("volume")) {
        boolean ours =
            claim.equals(volume.at("/pvcRef/name").asText())
                && namespace.equals(volume.at("/pvcRef/namespace").asText());
        long capacity = volume.path("capacityBytes").asLong();
        if (ours && capacity > 0) {
          return OptionalDouble.of((double) volume.path("usedBytes").asLong() / capacity);
        }
      }
    }
    return OptionalDouble.empty();
  }
}
