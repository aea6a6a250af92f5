package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.kubernetes.AlembicHead;
import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.checks.kubernetes.MountCheck;
import io.arbitex.recovery.checks.kubernetes.RestartCounts;
import io.arbitex.recovery.checks.kubernetes.SmokeCheck;
import io.arbitex.recovery.checks.kubernetes.WorkloadCheck;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.configuration.SmokeTest;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.configuration.Workload;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The part of the suite that is taken in the platform's cluster: rollouts complete, volumes
 * mounted, no crash loop, smoke tests in the pods. Only workloads that the inventory names are
 * looked at; what else lives in the namespace has nothing to do with the recovery.
 */
final class ClusterProof {
  /** Pods of another step may still be starting. */
  private static final Duration ROLLOUT = Duration.ofMinutes(1);

  private final Kubernetes kubernetes;
  private final Set<Workload> workloads;
  private final List<Volume> volumes;
  private final CompletableFuture<RestartCounts> before;

  private ClusterProof(Kubernetes kubernetes, Set<Workload> workloads, List<Volume> volumes) {
    this.kubernetes = kubernetes;
    this.volumes = volumes;
    this.workloads = workloads;
    // Beside the other checks: a cluster that answers slowly must not hold them up.
    this.before =
        workloads.isEmpty()
            ? new CompletableFuture<>()
            : CompletableFuture.supplyAsync(this::restarts);
  }

  /**
   * When the suite begins: notes how often containers have been started again until then.
   *
   * @param proven components whose volumes have a proof of their own
   */
  static ClusterProof begin(
      Inventory.Platform platform, Kubernetes kubernetes, List<String> proven) {
    List<Volume> volumes =
        platform.components().stream()
            .filter(component -> !proven.contains(component.name()))
            .flatMap(component -> component.volume().stream())
            .toList();
    return new ClusterProof(kubernetes, workloads(platform, kubernetes), volumes);
  }

  private RestartCounts restarts() {
    try (KubernetesClient client = ClusterClients.open(kubernetes)) {
      return new WorkloadCheck(client, kubernetes.namespace()).restarts(workloads);
    } catch (IOException e) {
      return RestartCounts.unknown(e.getMessage());
    }
  }

  private RestartCounts noted() throws InterruptedException {
    try {
      return before.get();
    } catch (ExecutionException e) {
      return RestartCounts.unknown(String.valueOf(e.getCause()));
    }
  }

  /**
   * Looks, at the suite's end.
   *
   * @param head that the platform must stand on
   */
  List<CheckResult> end(AlembicHead head) throws InterruptedException {
    if (workloads.isEmpty()) {
      return List.of();
    }
    List<CheckResult> results = new ArrayList<>();
    try (KubernetesClient client = ClusterClients.open(kubernetes)) {
      WorkloadCheck check = new WorkloadCheck(client, kubernetes.namespace());
      for (Workload workload : workloads) {
        results.add(check.rollout(workload, ROLLOUT));
      }
      MountCheck mounts = new MountCheck(client, kubernetes.namespace());
      for (Volume volume : volumes) {
        results.add(mounts.mounted(volume));
      }
      SmokeCheck smoke = new SmokeCheck(client, kubernetes.namespace());
      for (SmokeTest test : kubernetes.smoke()) {
        results.add(smoke.run(test, head));
      }
      // Last, so that what crashes under the smoke tests is seen too.
      results.add(check.noCrashLoop(workloads, noted()));
    } catch (IOException e) {
      results.add(CheckResult.error("cluster", "a kubeconfig that can be used", e.getMessage()));
    }
    return results;
  }

  private static Set<Workload> workloads(Inventory.Platform platform, Kubernetes kubernetes) {
    Set<Workload> all = new LinkedHashSet<>(kubernetes.writers());
    kubernetes.smoke().forEach(test -> all.add(test.in()));
    platform.components().stream()
        .flatMap(component -> component.redis().stream())
        .map(Redis::statefulSet)
        .forEach(set -> all.add(new Workload(Workload.Kind.STATEFULSET, set)));
    platform.components().stream()
        .flatMap(component -> component.volume().stream())
        .forEach(volume -> all.addAll(volume.workloads()));
    all.removeIf(workload -> workload.kind() == Workload.Kind.CRONJOB);
    return all;
  }
}
