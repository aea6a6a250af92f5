package io.arbitex.recovery.detector.volumes;

import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.Probe;
import io.arbitex.recovery.detector.ProbeInCluster;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the cluster that the platform is bound to about one claim. */
public final class VolumeProbe implements Probe, ProbeInCluster, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VolumeProbe.class);

  /** Reasons of the kubelet and of the attach controller. */
  private static final Set<String> TROUBLES = Set.of("FailedMount", "FailedAttachVolume");

  /**
   * What lasts is said again at least every 2 min 2 s (the kubelet's longest pause). Less than the
   * usual {@code restoreAfter}, so that one failed try begins no restore.
   */
  private static final Duration LATELY = Duration.ofSeconds(150);

  /** A token that was rotated counts from then on. */
  private static final Duration OPEN_ANEW = Duration.ofMinutes(5);

  private final Kubernetes own;
  private final Volume volume;
  private final VolumeJudge judge;
  private VolumeUse use;
  private KubernetesClient client;
  private Kubernetes opened;
  private long openedAt;

  /**
   * @param own the inventory's cluster, which is asked where no other is named
   */
  public VolumeProbe(Kubernetes own, Volume volume) {
    this.own = own;
    this.volume = volume;
    this.judge = new VolumeJudge(volume.claim(), volume.pendingFor(), volume.full());
    this.use = new VolumeUse(own.namespace(), volume.claim());
  }

  @Override
  public Observation look(Instant at) throws InterruptedException {
    return look(own, at);
  }

  @Override
  public synchronized Observation look(Kubernetes cluster, Instant at) throws InterruptedException {
    try {
      return judge.judge(view(client(cluster), cluster.namespace(), at), at);
    } catch (IOException e) {
      // Also when the cluster is gone: of the volume that says nothing.
      return Observation.unknown(
          (cluster.bound().isPresent()
                  ? "the observer does not get to the cluster that is bound: "
                  : "the observer cannot read its own kubeconfig: ")
              + e,
          at);
    } catch (KubernetesClientException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("called off while it asked the cluster");
      }
      drop();
      return Observation.unknown("the cluster does not say: " + said(e), at);
    }
  }

  /** It is the cluster that does not answer: of the volume that says nothing. */
  @Override
  public Observation hung(Instant at, Duration limit) {
    return Observation.unknown(
        "the cluster does not say: no answer within " + limit.toMillis() + " ms", at);
  }

  private static String said(KubernetesClientException error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return (error.getCode() > 0 ? "HTTP " + error.getCode() + ", " : "")
        + String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }

  private KubernetesClient client(Kubernetes cluster) throws IOException {
    boolean moved = opened != null && !cluster.equals(opened);
    if (client == null || moved || System.nanoTime() - openedAt > OPEN_ANEW.toNanos()) {
      drop();
      if (moved) {
        use = new VolumeUse(cluster.namespace(), volume.claim());
      }
      client = ClusterClients.open(cluster);
      opened = cluster;
      openedAt = System.nanoTime();
    }
    return client;
  }

  private VolumeView view(KubernetesClient asked, String namespace, Instant at) {
    // By lists: of one object alone, a gateway's 404 cannot be told from "there is none".
    Optional<PersistentVolumeClaim> claim =
        asked.persistentVolumeClaims().inNamespace(namespace).list().getItems().stream()
            .filter(each -> each.getMetadata().getName().equals(volume.claim()))
            .findFirst();
    List<Pod> pods =
        asked.pods().inNamespace(namespace).list().getItems().stream().filter(this::wants).toList();
    // One that is ending lets go of its disk in a moment: it speaks for nothing that lasts.
    List<Pod> ready =
        pods.stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
            .filter(Readiness::isPodReady)
            .toList();
    String named = claim.map(found -> found.getSpec().getVolumeName()).orElse(null);
    boolean there =
        named != null
            && !named.isEmpty()
            && asked.persistentVolumes().list().getItems().stream()
                .anyMatch(each -> each.getMetadata().getName().equals(named));
    return new VolumeView(
        claim.map(VolumeProbe::phase),
        claim.map(found -> Instant.parse(found.getMetadata().getCreationTimestamp())).orElse(at),
        there,
        names(pods),
        names(ready),
        ready.size() < pods.size() ? troubles(asked, namespace, pods, named, at) : List.of(),
        there ? use.share(asked, ready, at) : OptionalDouble.empty());
  }

  private static String phase(PersistentVolumeClaim claim) {
    if (claim.getMetadata().getDeletionTimestamp() != null) {
      return "Terminating";
    }
    String phase = claim.getStatus() == null ? null : claim.getStatus().getPhase();
    return phase == null ? "Pending" : phase;
  }

  private boolean wants(Pod pod) {
    String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
    return !"Succeeded".equals(phase)
        && !"Failed".equals(phase)
        && pod.getSpec().getVolumes().stream()
            .filter(each -> each.getPersistentVolumeClaim() != null)
            .anyMatch(
                each -> volume.claim().equals(each.getPersistentVolumeClaim().getClaimName()));
  }

  private static List<String> names(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getMetadata().getName()).toList();
  }

  /** Of pods that have not got as far as a container: one that runs has mounted what it needs. */
  private List<Trouble> troubles(
      KubernetesClient asked, String namespace, List<Pod> pods, String named, Instant at) {
    Set<String> stuck =
        pods.stream()
            .filter(pod -> !hasStarted(pod))
            .map(pod -> pod.getMetadata().getUid())
            .collect(Collectors.toSet());
    if (stuck.isEmpty()) {
      return List.of();
    }
    // The volume by its own name, or by the name that the pods have for it.
    Set<String> names = pods.stream().flatMap(this::namesInPod).collect(Collectors.toSet());
    if (named != null && !named.isEmpty()) {
      names.add(named);
    }
    return asked.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> TROUBLES.contains(event.getReason()))
        .filter(event -> stuck.contains(event.getInvolvedObject().getUid()))
        .filter(event -> names.stream().anyMatch(String.valueOf(event.getMessage())::contains))
        .filter(event -> lastSeen(event).isAfter(at.minus(LATELY)))
        .map(event -> new Trouble(event.getReason() + ": " + event.getMessage(), firstSeen(event)))
        .toList();
  }

  private static boolean hasStarted(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses() != null
        && pod.getStatus().getContainerStatuses().stream()
            .anyMatch(
                each ->
                    each.getRestartCount() > 0
                        || (each.getState() != null && each.getState().getRunning() != null));
  }

  private Stream<String> namesInPod(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .filter(each -> each.getPersistentVolumeClaim() != null)
        .filter(each -> volume.claim().equals(each.getPersistentVolumeClaim().getClaimName()))
        .map(each -> each.getName());
  }

  private static Instant firstSeen(Event event) {
    return event.getFirstTimestamp() == null
        ? lastSeen(event)
        : Instant.parse(event.getFirstTimestamp());
  }

  /** Events of the newer API have a time of their own, and no last timestamp. */
  private static Instant lastSeen(Event event) {
    if (event.getLastTimestamp() != null) {
      return Instant.parse(event.getLastTimestamp());
    }
    if (event.getEventTime() != null && event.getEventTime().getTime() != null) {
      return Instant.parse(event.getEventTime().getTime());
    }
    return Instant.parse(event.getMetadata().getCreationTimestamp());
  }

  private void drop() {
    if (client != null) {
      try {
        client.close();
      } catch (RuntimeException e) {
        log.debug("an old client", e);
      }
      client = null;
    }
  }

  @Override
  public synchronized void close() {
    drop();
  }
}
