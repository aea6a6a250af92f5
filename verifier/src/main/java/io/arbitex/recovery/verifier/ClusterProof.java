package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.checks.kubernetes.SmokeCheck;
import io.arbitex.recovery.checks.kubernetes.WorkloadCheck;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.configuration.SmokeTest;
import io.arbitex.recovery.configuration.Workload;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The part of the suite that is taken in the platform's cluster: rollouts complete, no crash loop,
 * smoke tests in the pods. Only workloads that the inventory names are looked at; what else lives
 * in the namespace has nothing to do with the recovery.
 */
final class ClusterProof {
  /** Pods of another step may still be starting. */
  private static final Duration ROLLOUT = Duration.ofMinutes(1);

  private ClusterProof() {}

  /**
   * Looks.
   *
   * @param alembicHead of the restored database; empty when none was restored
   */
  static List<CheckResult> of(
      Inventory.Platform platform, Kubernetes kubernetes, Optional<String> alembicHead)
      throws InterruptedException {
    Set<Workload> workloads = workloads(platform, kubernetes);
    if (workloads.isEmpty()) {
      return List.of();
    }
    List<CheckResult> results = new ArrayList<>();
    try (KubernetesClient client = ClusterClients.open(kubernetes)) {
      WorkloadCheck check = new WorkloadCheck(client, kubernetes.namespace());
      for (Workload workload : workloads) {
        results.add(check.rollout(workload, ROLLOUT));
      }
      results.add(check.noCrashLoop(workloads));
      SmokeCheck smoke = new SmokeCheck(client, kubernetes.namespace());
      for (SmokeTest test : kubernetes.smoke()) {
        results.add(smoke.run(test, test.printsAlembicHead() ? alembicHead : Optional.empty()));
      }
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
    all.removeIf(workload -> workload.kind() == Workload.Kind.CRONJOB);
    return all;
  }
}
