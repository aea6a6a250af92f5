package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.checks.kubernetes.WorkloadCheck;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.util.List;

/**
 * The part of the suite for a cluster that was replaced: what is looked at is the restored one, its
 * API is ready, and it has its nodes. What runs in it, {@link ClusterProof} proves for every suite.
 */
final class ManagedClusterProof {
  private ManagedClusterProof() {}

  /**
   * Looks at it.
   *
   * @param name of the component; the command has the facts of its steps under it
   * @param kubernetes the way to the cluster that the platform is bound to
   */
  static List<CheckResult> of(
      StepCommand command, String name, Kubernetes kubernetes, Cluster cluster) {
    String restored = Facts.find(command.getParameters(), name + ".cluster").orElse("");
    String bound = Facts.find(command.getParameters(), "cluster-resource").orElse("");
    CheckResult binding =
        CheckResult.of(
            "restored-cluster",
            !restored.isEmpty() && restored.equals(bound),
            "the platform is bound to the restored cluster " + restored,
            bound.isEmpty() ? "to none that is known" : "to " + bound);
    try (KubernetesClient client = ClusterClients.open(kubernetes)) {
      return List.of(binding, api(client), nodes(client, cluster.nodes()));
    } catch (IOException e) {
      return List.of(
          binding,
          CheckResult.error("api-server", "a kubeconfig that can be used", e.getMessage()));
    }
  }

  private static CheckResult api(KubernetesClient client) {
    try {
      String said = client.raw("/readyz");
      return CheckResult.of(
          "api-server", said != null && said.strip().equals("ok"), "/readyz says ok", said);
    } catch (KubernetesClientException e) {
      return CheckResult.error("api-server", "/readyz says ok", WorkloadCheck.said(e));
    }
  }

  private static CheckResult nodes(KubernetesClient client, int due) {
    String expected = "at least " + due + " nodes are ready";
    try {
      long ready = client.nodes().list().getItems().stream().filter(Readiness::isNodeReady).count();
      return CheckResult.of("nodes", ready >= due, expected, ready + " are");
    } catch (KubernetesClientException e) {
      return CheckResult.error("nodes", expected, WorkloadCheck.said(e));
    }
  }
}
