package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One workload that writes. A CronJob counts as 1 replica, and as 0 when it is suspended.
 *
 * <p>While a cutover holds it, it carries our mark and the old number of replicas ({@link
 * RecoveryNotes#REPLICAS}).
 */
final class Writer {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final ClusterSession session;
  private final Workload workload;
  private final OwnedObject object;

  Writer(ClusterSession session, Workload workload) {
    this.session = session;
    this.workload = workload;
    this.object = new OwnedObject(session, kind(workload), workload.name());
  }

  static ObjectKind kind(Workload workload) {
    return switch (workload.kind()) {
      case DEPLOYMENT -> ObjectKind.DEPLOYMENT;
      case STATEFULSET -> ObjectKind.STATEFULSET;
      case CRONJOB -> ObjectKind.CRONJOB;
    };
  }

  /** As the inventory names it. */
  String name() {
    return workload.toString();
  }

  OwnedObject object() {
    return object;
  }

  private boolean isCronJob() {
    return workload.kind() == Workload.Kind.CRONJOB;
  }

  /** Replicas that are wanted. */
  int wanted(GenericKubernetesResource read) {
    if (isCronJob()) {
      return Boolean.TRUE.equals(read.get("spec", "suspend")) ? 0 : 1;
    }
    return read.get("spec", "replicas") instanceof Number number ? number.intValue() : 1;
  }

  void scale(OwnedObject.Patch patch, int replicas) {
    if (isCronJob()) {
      patch.at("/spec").put("suspend", replicas == 0);
    } else {
      patch.at("/spec").put("replicas", replicas);
    }
  }

  /** What would keep it from being stopped and started; empty when it is fit. */
  Optional<String> unfit(GenericKubernetesResource read) {
    if (read.getMetadata().getDeletionTimestamp() != null) {
      return Optional.of("is being deleted");
    }
    if (Boolean.TRUE.equals(read.get("spec", "paused"))) {
      return Optional.of("is paused, so no new pods would come");
    }
    if ("OnDelete".equals(read.get("spec", "updateStrategy", "type"))) {
      return Optional.of("replaces its pods only when somebody deletes them (OnDelete)");
    }
    return read.get("spec", "updateStrategy", "rollingUpdate", "partition") instanceof Number from
            && from.intValue() > 0
        ? Optional.of("replaces only some of its pods (partition " + from + ")")
        : Optional.empty();
  }

  /** Makes all its pods new ones, as a rolling restart does. */
  void restart(OwnedObject.Patch patch, String command) {
    if (!isCronJob()) {
      patch.at("/spec/template/metadata/annotations").put(RecoveryNotes.STARTED_FOR, command);
    }
  }

  /** The number that a recovery noted before it scaled to 0. */
  static Optional<Integer> noted(GenericKubernetesResource read) throws ActionFailure {
    Optional<String> noted = OwnedObject.note(read, RecoveryNotes.REPLICAS);
    if (noted.isEmpty()) {
      return Optional.empty();
    }
    try {
      int replicas = Integer.parseInt(noted.get());
      if (replicas >= 0) {
        return Optional.of(replicas);
      }
    } catch (NumberFormatException e) {
      // Told below, together with numbers that are none we would write.
    }
    throw ActionFailure.permanent(
        FailureCode.PREFLIGHT,
        read.getMetadata().getName()
            + ": the annotation "
            + RecoveryNotes.REPLICAS
            + " says '"
            + noted.get()
            + "'",
        "See who changed it; set it to the number of replicas to come back to.");
  }

  /** Whether this command noted its number and has not given it back. */
  static boolean isHeld(ActionContext context, GenericKubernetesResource read)
      throws ActionFailure {
    return noted(read).isPresent() && OwnedObject.isOwnedBy(context, read);
  }

  /**
   * What of it may still write; empty when nothing is left. A controller that has not seen the last
   * change may still make a pod, so it counts too.
   */
  Optional<String> running(GenericKubernetesResource read)
      throws ActionFailure, InterruptedException {
    if (isCronJob()) {
      List<String> jobs = activeJobs(read);
      return jobs.isEmpty() ? Optional.empty() : Optional.of("the jobs " + jobs);
    }
    if (number(read, "observedGeneration") < read.getMetadata().getGeneration()) {
      return Optional.of(name() + ", whose controller has not seen the change yet");
    }
    long replicas = number(read, "replicas");
    if (replicas > 0) {
      return Optional.of(replicas + " replicas of " + name());
    }
    List<String> pods =
        pods(read).stream()
            .filter(pod -> pod.getStatus() == null || !ENDED.contains(pod.getStatus().getPhase()))
            .map(pod -> pod.getMetadata().getName())
            .toList();
    return pods.isEmpty() ? Optional.empty() : Optional.of("the pods " + pods);
  }

  /** The CronJob's own list lags behind the jobs that it makes. */
  private List<String> activeJobs(GenericKubernetesResource cronJob)
      throws ActionFailure, InterruptedException {
    return session
        .ask(
            "list jobs.batch",
            client -> client.batch().v1().jobs().inNamespace(session.namespace()).list().getItems())
        .stream()
        .filter(
            job ->
                job.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> owner.getUid().equals(cronJob.getMetadata().getUid())))
        .filter(job -> !hasEnded(job))
        .map(job -> job.getMetadata().getName())
        .toList();
  }

  private static boolean hasEnded(Job job) {
    return job.getStatus() != null
        && job.getStatus().getConditions().stream()
            .anyMatch(
                each ->
                    "True".equals(each.getStatus())
                        && ("Complete".equals(each.getType()) || "Failed".equals(each.getType())));
  }

  /** By its selector alone: whatever is selected by it is taken for a writer. */
  private List<Pod> pods(GenericKubernetesResource read)
      throws ActionFailure, InterruptedException {
    KubernetesSerialization serialization = new KubernetesSerialization();
    LabelSelector selector =
        serialization.convertValue(read.get("spec", "selector"), LabelSelector.class);
    return session.ask(
        "list pods",
        client ->
            client
                .pods()
                .inNamespace(session.namespace())
                .withLabelSelector(selector)
                .list()
                .getItems());
  }

  /**
   * What is missing until as many new pods are ready as are wanted, and no old one is left; empty
   * when nothing is. As {@code kubectl rollout status} looks at it.
   */
  Optional<String> unfinished(GenericKubernetesResource read) {
    int wanted = wanted(read);
    if (isCronJob() || wanted == 0) {
      return Optional.empty();
    }
    if (number(read, "observedGeneration") < read.getMetadata().getGeneration()) {
      return Optional.of(name() + ": its controller has not seen the change yet");
    }
    long replicas = number(read, "replicas");
    long updated = number(read, "updatedReplicas");
    long ready = number(read, "readyReplicas");
    return replicas == wanted && updated == wanted && ready == wanted
        ? Optional.empty()
        : Optional.of(
            name() + ": " + ready + " of " + wanted + " pods are ready, " + updated + " are new");
  }

  /**
   * What is missing until its pods are there, as far as they come before the first one is ready;
   * empty when nothing is.
   */
  Optional<String> unmade(GenericKubernetesResource read) {
    int wanted = wanted(read);
    if (isCronJob() || wanted == 0) {
      return Optional.empty();
    }
    if (number(read, "observedGeneration") < read.getMetadata().getGeneration()) {
      return Optional.of(name() + ": its controller has not seen the change yet");
    }
    // A set makes its second pod when the first is ready.
    int first = workload.kind() == Workload.Kind.STATEFULSET ? 1 : wanted;
    long made = Math.min(number(read, "replicas"), number(read, "updatedReplicas"));
    return made >= first
        ? Optional.empty()
        : Optional.of(name() + ": " + made + " of " + first + " new pods are made");
  }

  private static long number(GenericKubernetesResource read, String field) {
    return read.get("status", field) instanceof Number number ? number.longValue() : 0;
  }
}
