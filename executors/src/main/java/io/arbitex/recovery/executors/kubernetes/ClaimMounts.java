package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether what a work pod sees on a claim is what the set's container sees at its folder, and
 * whether nobody else works there.
 */
final class ClaimMounts {
  private final ClusterSession session;
  private final String claim;

  ClaimMounts(ClusterSession session, String claim) {
    this.session = session;
    this.claim = claim;
  }

  /**
   * Refuses another layout, and a claim that other pods have too.
   *
   * @throws ActionFailure PREFLIGHT saying which
   */
  void refuse(StatefulSet set, String folder) throws ActionFailure, InterruptedException {
    VolumeMount mount =
        set.getSpec().getTemplate().getSpec().getContainers().stream()
            .flatMap(each -> each.getVolumeMounts().stream())
            .filter(each -> plain(each.getMountPath()).equals(plain(folder)))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        "no container of " + name(set) + " mounts anything at " + folder,
                        "Set 'dataFolder' of the inventory to the mountPath of the data."));
    if (isSet(mount.getSubPath()) || isSet(mount.getSubPathExpr())) {
      throw refused(
          name(set) + " mounts only a part of its volume at " + folder + " (subPath)",
          "A work pod mounts the whole claim; data in a subPath is not recovered here.");
    }
    if (!claims(set, mount.getName()).equals(Optional.of(claim))) {
      throw refused(
          "what " + name(set) + " mounts at " + folder + " is not the claim " + claim,
          "Set 'claim' of the inventory to the claim of its volume " + mount.getName() + ".");
    }
    Set<String> ofTheSet =
        new ScaledSet(session, name(set))
            .pods(set).stream()
                .map(each -> each.getMetadata().getUid())
                .collect(Collectors.toSet());
    List<String> others =
        pods().stream()
            .filter(each -> has(each.getSpec()))
            .filter(each -> !ended(each) && !ours(each))
            .filter(each -> !ofTheSet.contains(each.getMetadata().getUid()))
            .map(each -> each.getMetadata().getName())
            .toList();
    if (!others.isEmpty()) {
      throw refused(
          "other pods have the claim " + claim + " too: " + others,
          "End them for the time of the recovery: they may write while data is moved.");
    }
  }

  /** The claim of a volume of the set's first pod. */
  private static Optional<String> claims(StatefulSet set, String volume) {
    boolean template =
        set.getSpec().getVolumeClaimTemplates().stream()
            .anyMatch(each -> volume.equals(each.getMetadata().getName()));
    if (template) {
      return Optional.of(volume + "-" + name(set) + "-0");
    }
    return set.getSpec().getTemplate().getSpec().getVolumes().stream()
        .filter(each -> volume.equals(each.getName()))
        .filter(each -> each.getPersistentVolumeClaim() != null)
        .map(each -> each.getPersistentVolumeClaim().getClaimName())
        .findFirst();
  }

  private List<Pod> pods() throws ActionFailure, InterruptedException {
    return session.ask(
        "list pods", client -> client.pods().inNamespace(session.namespace()).list().getItems());
  }

  private boolean has(PodSpec spec) {
    return spec.getVolumes().stream()
        .map(each -> each.getPersistentVolumeClaim())
        .filter(Objects::nonNull)
        .anyMatch(each -> claim.equals(each.getClaimName()));
  }

  private static boolean ended(Pod pod) {
    String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static boolean ours(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return labels != null && WorkPodPlan.US.equals(labels.get(WorkPodPlan.MANAGED_BY));
  }

  private static boolean isSet(String text) {
    return text != null && !text.isEmpty();
  }

  private static String plain(String path) {
    return path.replaceAll("/+$", "");
  }

  private static String name(StatefulSet set) {
    return set.getMetadata().getName();
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
