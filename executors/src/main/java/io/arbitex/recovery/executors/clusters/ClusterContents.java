package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is in the platform's namespace of a cluster. */
final class ClusterContents {
  private final ClusterSession session;
  private final String namespace;

  ClusterContents(ClusterSession session) {
    this.session = session;
    this.namespace = session.namespace();
  }

  /**
   * A workload that makes pods.
   *
   * @param replicas that it is told to have; 1 for a CronJob
   * @param claims that its pods mount
   * @param own claims that its controller makes, one for each replica
   * @param labels of its pods
   * @param made whether its pods are there, as far as they come before the first is ready
   * @param rolledOut whether all its replicas are new and ready
   */
  record Found(
      int replicas,
      Set<String> claims,
      Set<String> own,
      Map<String, String> labels,
      boolean made,
      boolean rolledOut) {

    private boolean has(Pod pod) {
      Map<String, String> there = pod.getMetadata().getLabels();
      return !labels.isEmpty() && there != null && there.entrySet().containsAll(labels.entrySet());
    }
  }

  /** Reasons why a container waits that time alone does not mend. */
  private static final Set<String> STUCK =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError");

  /** Containers of workloads that are kept from their start, as {@code POD/CONTAINER: REASON}. */
  List<String> thatCannotStart(Collection<Found> workloads)
      throws ActionFailure, InterruptedException {
    List<Pod> pods =
        session.ask("list pods", client -> client.pods().inNamespace(namespace).list().getItems());
    List<String> stuck = new ArrayList<>();
    for (Pod pod : pods) {
      if (pod.getStatus() == null || workloads.stream().noneMatch(each -> each.has(pod))) {
        continue;
      }
      List<ContainerStatus> containers =
          new ArrayList<>(pod.getStatus().getInitContainerStatuses());
      containers.addAll(pod.getStatus().getContainerStatuses());
      for (ContainerStatus each : containers) {
        // A kubelet that has just made a container says that it waits, and not why.
        String reason =
            each.getState() == null || each.getState().getWaiting() == null
                ? null
                : each.getState().getWaiting().getReason();
        if (reason != null && STUCK.contains(reason)) {
          stuck.add(pod.getMetadata().getName() + "/" + each.getName() + ": " + reason);
        }
      }
    }
    return stuck;
  }

  static long readyNodes(ClusterSession session) throws ActionFailure, InterruptedException {
    List<Node> nodes = session.ask("list nodes", client -> client.nodes().list().getItems());
    return nodes.stream().filter(Readiness::isNodeReady).count();
  }

  /** How many objects there are, by kind, in the order of the names. */
  Map<String, Integer> counts() throws ActionFailure, InterruptedException {
    return session.ask(
        "list the objects of " + namespace,
        client -> {
          Map<String, Integer> counts = new LinkedHashMap<>();
          counts.put(
              "ConfigMap", client.configMaps().inNamespace(namespace).list().getItems().size());
          counts.put(
              "CronJob",
              client.batch().v1().cronjobs().inNamespace(namespace).list().getItems().size());
          counts.put(
              "Deployment",
              client.apps().deployments().inNamespace(namespace).list().getItems().size());
          counts.put(
              "PersistentVolumeClaim",
              client.persistentVolumeClaims().inNamespace(namespace).list().getItems().size());
          counts.put("Secret", client.secrets().inNamespace(namespace).list().getItems().size());
          counts.put("Service", client.services().inNamespace(namespace).list().getItems().size());
          counts.put(
              "StatefulSet",
              client.apps().statefulSets().inNamespace(namespace).list().getItems().size());
          return counts;
        });
  }

  Optional<Found> workload(Workload workload) throws ActionFailure, InterruptedException {
    return session.find(
        "get " + workload,
        client ->
            switch (workload.kind()) {
              case DEPLOYMENT ->
                  of(
                      client
                          .apps()
                          .deployments()
                          .inNamespace(namespace)
                          .withName(workload.name())
                          .get());
              case STATEFULSET ->
                  of(
                      client
                          .apps()
                          .statefulSets()
                          .inNamespace(namespace)
                          .withName(workload.name())
                          .get());
              case CRONJOB ->
                  client
                              .batch()
                              .v1()
                              .cronjobs()
                              .inNamespace(namespace)
                              .withName(workload.name())
                              .get()
                          == null
                      ? null
                      : new Found(1, Set.of(), Set.of(), Map.of(), true, true);
            });
  }

  private static Found of(Deployment read) {
    if (read == null) {
      return null;
    }
    int wanted = number(read.getSpec().getReplicas(), 1);
    boolean seen =
        read.getStatus() != null
            && seen(read.getStatus().getObservedGeneration(), read.getMetadata().getGeneration());
    return new Found(
        wanted,
        claims(read.getSpec().getTemplate().getSpec()),
        Set.of(),
        labels(read.getSpec().getSelector()),
        // More while a rollout is under way.
        seen && number(read.getStatus().getReplicas(), 0) >= wanted,
        seen
            && number(read.getStatus().getReplicas(), 0) == wanted
            && number(read.getStatus().getUpdatedReplicas(), 0) == wanted
            && number(read.getStatus().getReadyReplicas(), 0) == wanted);
  }

  private static Found of(StatefulSet read) {
    if (read == null) {
      return null;
    }
    int wanted = number(read.getSpec().getReplicas(), 1);
    Set<String> own = new LinkedHashSet<>();
    for (PersistentVolumeClaim template : read.getSpec().getVolumeClaimTemplates()) {
      for (int i = 0; i < wanted; i++) {
        own.add(template.getMetadata().getName() + "-" + read.getMetadata().getName() + "-" + i);
      }
    }
    boolean seen =
        read.getStatus() != null
            && seen(read.getStatus().getObservedGeneration(), read.getMetadata().getGeneration());
    return new Found(
        wanted,
        claims(read.getSpec().getTemplate().getSpec()),
        own,
        labels(read.getSpec().getSelector()),
        // The second comes when the first is ready.
        seen && number(read.getStatus().getReplicas(), 0) >= Math.min(wanted, 1),
        seen
            && number(read.getStatus().getReplicas(), 0) == wanted
            && number(read.getStatus().getUpdatedReplicas(), 0) == wanted
            && number(read.getStatus().getReadyReplicas(), 0) == wanted);
  }

  private static Map<String, String> labels(LabelSelector selector) {
    return selector == null || selector.getMatchLabels() == null
        ? Map.of()
        : Map.copyOf(selector.getMatchLabels());
  }

  private static Set<String> claims(PodSpec pod) {
    Set<String> claims = new LinkedHashSet<>();
    for (Volume volume : pod.getVolumes()) {
      if (volume.getPersistentVolumeClaim() != null) {
        claims.add(volume.getPersistentVolumeClaim().getClaimName());
      }
    }
    return claims;
  }

  private static boolean seen(Long observed, Long generation) {
    return observed != null && (generation == null || observed >= generation);
  }

  private static int number(Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }

  /** The phase of a claim; empty when there is none of the name. */
  Optional<String> claim(String name) throws ActionFailure, InterruptedException {
    return session.find(
        "get persistentvolumeclaims/" + name,
        client -> {
          PersistentVolumeClaim read =
              client.persistentVolumeClaims().inNamespace(namespace).withName(name).get();
          return read == null ? null : String.valueOf(read.getStatus().getPhase());
        });
  }

  /** The address or the name that a Service of type LoadBalancer got; empty as long as none. */
  Optional<String> address(String in, String service) throws ActionFailure, InterruptedException {
    return session.find(
        "get services/" + service,
        client -> {
          Service read = client.services().inNamespace(in).withName(service).get();
          if (read == null
              || read.getStatus() == null
              || read.getStatus().getLoadBalancer() == null) {
            return null;
          }
          return read.getStatus().getLoadBalancer().getIngress().stream()
              .map(each -> each.getIp() == null ? each.getHostname() : each.getIp())
              .findFirst()
              .orElse(null);
        });
  }

  /** Whether there is a Service of the name. */
  boolean hasService(String in, String service) throws ActionFailure, InterruptedException {
    return session
        .find(
            "get services/" + service,
            client -> client.services().inNamespace(in).withName(service).get())
        .isPresent();
  }

  /** The names of a Secret's keys; empty when there is no such Secret. */
  Optional<Set<String>> keys(String secret) throws ActionFailure, InterruptedException {
    return session.find(
        "get secrets/" + secret,
        client -> {
          Secret read = client.secrets().inNamespace(namespace).withName(secret).get();
          return read == null || read.getData() == null
              ? null
              : Set.copyOf(read.getData().keySet());
        });
  }
}
