package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.configuration.Workload;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/**
 * How far a Deployment or StatefulSet is with what it was told.
 *
 * @param wanted replicas
 * @param seen whether its controller has seen the newest change
 * @param replicas that exist, old and new
 * @param updated of the newest change
 * @param ready that take requests
 */
record Rollout(
    LabelSelector selector, int wanted, boolean seen, int replicas, int updated, int ready) {

  /** Looks at one; empty when there is none of the name. */
  static Optional<Rollout> of(KubernetesClient client, String namespace, Workload workload) {
    return workload.kind() == Workload.Kind.STATEFULSET
        ? Optional.ofNullable(
                client.apps().statefulSets().inNamespace(namespace).withName(workload.name()).get())
            .map(Rollout::of)
        : Optional.ofNullable(
                client.apps().deployments().inNamespace(namespace).withName(workload.name()).get())
            .map(Rollout::of);
  }

  private static Rollout of(Deployment read) {
    DeploymentStatus status = read.getStatus() == null ? new DeploymentStatus() : read.getStatus();
    return new Rollout(
        read.getSpec().getSelector(),
        number(read.getSpec().getReplicas(), 1),
        seen(status.getObservedGeneration(), read.getMetadata().getGeneration()),
        number(status.getReplicas(), 0),
        number(status.getUpdatedReplicas(), 0),
        number(status.getReadyReplicas(), 0));
  }

  private static Rollout of(StatefulSet read) {
    StatefulSetStatus status =
        read.getStatus() == null ? new StatefulSetStatus() : read.getStatus();
    return new Rollout(
        read.getSpec().getSelector(),
        number(read.getSpec().getReplicas(), 1),
        seen(status.getObservedGeneration(), read.getMetadata().getGeneration()),
        number(status.getReplicas(), 0),
        number(status.getUpdatedReplicas(), 0),
        number(status.getReadyReplicas(), 0));
  }

  private static boolean seen(Long observed, Long generation) {
    return observed != null && (generation == null || observed >= generation);
  }

  private static int number(Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }

  /** As {@code kubectl rollout status} judges it. */
  boolean complete() {
    return seen && replicas == wanted && updated == wanted && ready == wanted;
  }

  String text() {
    return ready
        + " of "
        + wanted
        + " ready, "
        + updated
        + " new, "
        + replicas
        + " in all"
        + (seen ? "" : ", the newest change not seen yet");
  }

  List<Pod> pods(KubernetesClient client, String namespace) {
    return client.pods().inNamespace(namespace).withLabelSelector(selector).list().getItems();
  }
}
