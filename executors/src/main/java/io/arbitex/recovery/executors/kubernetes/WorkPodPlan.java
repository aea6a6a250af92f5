package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a work pod is made.
 *
 * @param name of the pod
 * @param component that it works for, for its label
 * @param set the StatefulSet whose volume it works on
 * @param claim mounted at {@code folder}; empty for a folder that goes with the pod
 * @param room bytes of the node's own disk that such a folder needs; 0 for none
 * @param image with a shell and the tools of the store
 */
public record WorkPodPlan(
    String name,
    String component,
    String set,
    Optional<String> claim,
    long room,
    String folder,
    String image)
    implements PodPlan {
  /** Longer than a plan waits for an approval on a bad day; then the cluster ends it. */
  private static final Duration LIFE = Duration.ofHours(12);

  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String US = "arbitex-recovery";
  private static final int LONGEST_LABEL = 63;

  /** The shell ends at once when it is told to; a sleep as first process would not hear it. */
  private static final String IDLE = "trap 'exit 0' TERM; sleep %d & wait";

  @Override
  public Pod pod(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ScaledSet scaled = new ScaledSet(session, set);
    StatefulSet found = scaled.read();
    // A claim may be mounted on one node only, so it goes where Redis runs.
    Optional<String> node =
        scaled.pods(found).stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
            .map(pod -> pod.getSpec().getNodeName())
            .filter(each -> each != null && !each.isEmpty())
            .findFirst();
    return pod(context, found, node, node.isEmpty() && choosesPlace(session));
  }

  /**
   * Whether a volume will be made where this pod runs. It must be a place where Redis can run then:
   * a disk cannot be moved to another zone.
   */
  private boolean choosesPlace(ClusterSession session) throws ActionFailure, InterruptedException {
    return claim.isPresent()
        && session
            .find(
                "get persistentvolumeclaims/" + claim.get(),
                client ->
                    client
                        .persistentVolumeClaims()
                        .inNamespace(session.namespace())
                        .withName(claim.get())
                        .get())
            .filter(found -> found.getStatus() != null)
            .filter(found -> "Pending".equals(found.getStatus().getPhase()))
            .isPresent();
  }

  private Pod pod(
      ActionContext context, StatefulSet set, Optional<String> node, boolean choosesPlace) {
    PodSpec like = set.getSpec().getTemplate().getSpec();
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withLabels(labels(component))
        .withAnnotations(
            Map.of(
                RecoveryNotes.COMMAND,
                context.command().getCommandId(),
                RecoveryNotes.TOKEN,
                Long.toString(context.token()),
                // A sidecar would keep it from ending.
                "sidecar.istio.io/inject",
                "false"))
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withActiveDeadlineSeconds(LIFE.toSeconds())
        .withTerminationGracePeriodSeconds(2L)
        .withAutomountServiceAccountToken(false)
        .withNodeName(node.orElse(null))
        .withNodeSelector(choosesPlace ? like.getNodeSelector() : null)
        .withAffinity(choosesPlace ? like.getAffinity() : null)
        .withPriorityClassName(choosesPlace ? like.getPriorityClassName() : null)
        .withTopologySpreadConstraints(
            choosesPlace ? like.getTopologySpreadConstraints() : List.of())
        // As the store's own pod, so that it may run there and files get the same owner.
        .withSecurityContext(like.getSecurityContext())
        .withTolerations(like.getTolerations())
        .withImagePullSecrets(like.getImagePullSecrets())
        .addNewContainer()
        .withName(WorkPod.CONTAINER)
        .withImage(image)
        .withCommand(idle())
        .withResources(choosesPlace ? like.getContainers().get(0).getResources() : ofNode())
        .withSecurityContext(like.getContainers().get(0).getSecurityContext())
        .addNewVolumeMount()
        .withName("data")
        .withMountPath(folder)
        .endVolumeMount()
        .endContainer()
        .withVolumes(volume())
        .endSpec()
        .build();
  }

  private ResourceRequirements ofNode() {
    return room == 0
        ? null
        : new ResourceRequirementsBuilder()
            .addToRequests("ephemeral-storage", new Quantity(Long.toString(room)))
            .build();
  }

  private Volume volume() {
    VolumeBuilder data = new VolumeBuilder().withName("data");
    return claim.isPresent()
        ? data.withNewPersistentVolumeClaim(claim.get(), false).build()
        : data.withNewEmptyDir().endEmptyDir().build();
  }

  /** What a work pod's container runs while nothing is executed in it. */
  public static List<String> idle() {
    return List.of("sh", "-c", IDLE.formatted(LIFE.toSeconds()));
  }

  /** How long a work pod lives at most. */
  public static Duration life() {
    return LIFE;
  }

  /** Labels of a work pod: that it is ours, and for which component. */
  public static Map<String, String> labels(String component) {
    return Map.of(MANAGED_BY, US, RecoveryNotes.COMPONENT, label(component));
  }

  private static String label(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    return plain.substring(0, Math.min(LONGEST_LABEL, plain.length()));
  }
}
