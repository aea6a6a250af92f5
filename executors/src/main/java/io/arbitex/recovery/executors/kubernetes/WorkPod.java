package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A pod of ours on a volume claim, which does nothing by itself: commands are executed in it. It
 * ends by itself after some hours, and is made again when it is needed and gone.
 */
public final class WorkPod {
  /** The name of its container. */
  public static final String CONTAINER = "work";

  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration END = Duration.ofMinutes(2);
  private static final int CONFLICT = 409;

  private final ClusterSession session;
  private final PodPlan plan;

  public WorkPod(ClusterSession session, PodPlan plan) {
    this.session = session;
    this.plan = plan;
  }

  public PodCommand command() {
    return new PodCommand(session, plan.name(), CONTAINER);
  }

  /** Whether it runs, so that commands can be executed in it. */
  public boolean runs() throws ActionFailure, InterruptedException {
    return find().filter(WorkPod::running).isPresent();
  }

  /** Names the very pod that runs: another one of the same name has another. Empty for none. */
  public Optional<String> uid() throws ActionFailure, InterruptedException {
    return find().filter(WorkPod::running).map(pod -> pod.getMetadata().getUid());
  }

  /** Whether there is one, in whatever state. */
  public boolean exists() throws ActionFailure, InterruptedException {
    return find().isPresent();
  }

  private Optional<Pod> find() throws ActionFailure, InterruptedException {
    return session.find(
        "get pods/" + plan.name(),
        client -> client.pods().inNamespace(session.namespace()).withName(plan.name()).get());
  }

  /**
   * Makes it, if it does not run, and waits until it does.
   *
   * @throws ActionFailure when it does not start, with the cluster's reason
   */
  public void ensure(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> missing =
        Patience.await(
            context,
            START,
            () -> {
              Optional<Pod> found = find();
              if (found.isEmpty()) {
                create(context);
                return Optional.of("it was just made");
              }
              if (over(found.get())) {
                delete();
                return Optional.of("an ended one of its name is being deleted");
              }
              return running(found.get()) ? Optional.empty() : Optional.of(reason(found.get()));
            });
    if (missing.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.TOOL_FAILED,
          "the work pod " + plan.name() + " does not start: " + missing.get(),
          "See 'kubectl describe pod " + plan.name() + "': image, node, volume, quota.");
    }
  }

  /** Deletes it, and waits until it is gone. */
  public void remove(ActionContext context) throws ActionFailure, InterruptedException {
    if (find().isEmpty()) {
      return;
    }
    delete();
    Optional<String> left =
        Patience.await(
            context, END, () -> exists() ? Optional.of("it is ending") : Optional.empty());
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.TOOL_FAILED,
          "the work pod " + plan.name() + " does not go away",
          "See whether its node is alive; it holds the volume.");
    }
  }

  private void create(ActionContext context) throws ActionFailure, InterruptedException {
    Pod pod = plan.pod(context, session);
    try {
      session.client().pods().inNamespace(session.namespace()).resource(pod).create();
    } catch (KubernetesClientException e) {
      // An earlier owner was faster; the pod is the same.
      if (e.getCode() != CONFLICT) {
        throw ClusterErrors.of("create pods", e);
      }
    }
  }

  private void delete() throws ActionFailure, InterruptedException {
    session.ask(
        "delete pods/" + plan.name(),
        client -> client.pods().inNamespace(session.namespace()).withName(plan.name()).delete());
  }

  private static boolean over(Pod pod) {
    String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
    return pod.getMetadata().getDeletionTimestamp() == null
        && ("Failed".equals(phase) || "Succeeded".equals(phase));
  }

  private static boolean running(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && "Running".equals(pod.getStatus().getPhase())
        && statuses(pod).stream().anyMatch(each -> each.getState().getRunning() != null);
  }

  private static List<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
        ? List.of()
        : pod.getStatus().getContainerStatuses();
  }

  private static String reason(Pod pod) {
    for (ContainerStatus each : statuses(pod)) {
      if (each.getState() != null && each.getState().getWaiting() != null) {
        var waiting = each.getState().getWaiting();
        return waiting.getReason()
            + (waiting.getMessage() == null ? "" : ": " + waiting.getMessage());
      }
    }
    return pod.getStatus() == null
        ? "no node has taken it"
        : pod.getStatus().getConditions().stream()
            .filter(each -> "False".equals(each.getStatus()) && each.getMessage() != null)
            .map(PodCondition::getMessage)
            .findFirst()
            .orElse("phase " + pod.getStatus().getPhase());
  }
}
