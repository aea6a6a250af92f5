package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.configuration.SmokeTest;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.configuration.Workload;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether a claim is bound and its volume can be read in a pod of each workload that mounts it
 * (runbook, section 3: "Pod mounts PVC successfully").
 */
public final class MountCheck {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final String namespace;

  public MountCheck(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * PASS when the claim is bound to a volume that is there, and its folder can be listed in a ready
   * pod of each workload. Workloads that want no replica, and CronJobs, mount nothing now. Check:
   * {@code mount:CLAIM}.
   */
  public CheckResult mounted(Volume volume) throws InterruptedException {
    return mounted(volume, false);
  }

  /** The same, and FAIL when no workload runs that sees it: then nothing is proven. */
  public CheckResult mountedBySomebody(Volume volume) throws InterruptedException {
    return mounted(volume, true);
  }

  private CheckResult mounted(Volume volume, boolean needed) throws InterruptedException {
    String check = "mount:" + volume.claim();
    String expected = "bound, and seen in a pod of each workload";
    try {
      Optional<String> unbound = unbound(volume.claim());
      if (unbound.isPresent()) {
        return CheckResult.of(check, false, expected, unbound.get());
      }
      int seen = 0;
      for (Workload workload : volume.workloads()) {
        Optional<Rollout> rollout =
            workload.kind() == Workload.Kind.CRONJOB
                ? Optional.empty()
                : Rollout.of(client, namespace, workload);
        if (rollout.filter(found -> found.wanted() > 0).isPresent()) {
          CheckResult result = seen(check, expected, volume, workload, rollout.get());
          if (!result.passed()) {
            return result;
          }
          seen++;
        }
      }
      return CheckResult.of(
          check, seen > 0 || !needed, expected, "bound, seen in " + seen + " workloads");
    } catch (KubernetesClientException e) {
      return CheckResult.error(check, expected, WorkloadCheck.said(e));
    }
  }

  /**
   * PASS when the claim is bound to that volume, and that is that disk. Check: {@code
   * restored-disk:CLAIM}.
   *
   * @param handle by which the driver finds the disk
   */
  public CheckResult boundTo(String claim, String volume, String handle) {
    String check = "restored-disk:" + claim;
    String expected = "bound to " + volume + ", disk " + handle;
    try {
      Optional<String> unbound = unbound(claim);
      if (unbound.isPresent()) {
        return CheckResult.of(check, false, expected, unbound.get());
      }
      String named =
          client
              .persistentVolumeClaims()
              .inNamespace(namespace)
              .withName(claim)
              .require()
              .getSpec()
              .getVolumeName();
      PersistentVolume found = client.persistentVolumes().withName(named).require();
      String disk =
          found.getSpec().getCsi() == null ? "none" : found.getSpec().getCsi().getVolumeHandle();
      return CheckResult.of(
          check,
          volume.equals(named) && handle.equals(disk),
          expected,
          "bound to " + named + ", disk " + disk);
    } catch (KubernetesClientException e) {
      return CheckResult.error(check, expected, WorkloadCheck.said(e));
    }
  }

  private Optional<String> unbound(String name) {
    PersistentVolumeClaim claim =
        client.persistentVolumeClaims().inNamespace(namespace).withName(name).get();
    if (claim == null) {
      return Optional.of("there is no claim " + name);
    }
    String phase = claim.getStatus() == null ? null : claim.getStatus().getPhase();
    if (!"Bound".equals(phase) || claim.getMetadata().getDeletionTimestamp() != null) {
      return Optional.of(
          "the claim is "
              + (claim.getMetadata().getDeletionTimestamp() == null ? phase : "being deleted"));
    }
    PersistentVolume volume =
        client.persistentVolumes().withName(claim.getSpec().getVolumeName()).get();
    return volume == null
        ? Optional.of("the claim is bound to a volume that is gone")
        : Optional.empty();
  }

  private CheckResult seen(
      String check, String expected, Volume volume, Workload workload, Rollout rollout)
      throws InterruptedException {
    Optional<Pod> ready =
        rollout.pods(client, namespace).stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
            .filter(Readiness::isPodReady)
            .findFirst();
    if (ready.isEmpty()) {
      return CheckResult.of(check, false, expected, "no pod of " + workload + " is ready");
    }
    Pod pod = ready.get();
    for (Container container : pod.getSpec().getContainers()) {
      Optional<VolumeMount> mount =
          container.getVolumeMounts().stream()
              .filter(each -> isOf(pod, each.getName(), volume.claim()))
              .findFirst();
      if (mount.isPresent()) {
        return listed(check, expected, workload, pod, container, mount.get().getMountPath());
      }
    }
    return CheckResult.of(
        check, false, expected, pod.getMetadata().getName() + " does not mount the claim");
  }

  private static boolean isOf(Pod pod, String volume, String claim) {
    return pod.getSpec().getVolumes().stream()
        .filter(each -> volume.equals(each.getName()) && each.getPersistentVolumeClaim() != null)
        .anyMatch(each -> claim.equals(each.getPersistentVolumeClaim().getClaimName()));
  }

  private CheckResult listed(
      String check, String expected, Workload workload, Pod pod, Container container, String folder)
      throws InterruptedException {
    String name = pod.getMetadata().getName();
    List<String> command = List.of("ls", folder);
    SmokeTest list =
        new SmokeTest(check, workload, Optional.of(container.getName()), command, LIMIT, false);
    return PodRun.of(
            client.pods().inNamespace(namespace).withName(name).inContainer(container.getName()),
            list,
            LIMIT,
            "kubectl -n %s exec %s -c %s -- ls %s"
                .formatted(namespace, name, container.getName(), folder))
        .judge(check, expected, Optional.empty());
  }
}
