package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.checks.kubernetes.MountCheck;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.record.StepCommand;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The proof of a volume (runbook, section 3, verification): its claim is bound to the disk that was
 * restored and no other, and a pod of each workload that runs can list it. What is on it was looked
 * at before anybody else had it, by the restore.
 */
final class VolumeProof {
  private VolumeProof() {}

  /**
   * Looks.
   *
   * @param name of the component
   */
  static List<CheckResult> of(
      StepCommand command, String name, Kubernetes kubernetes, Volume volume)
      throws IOException, InterruptedException {
    Optional<String> disk = Suite.parameter(command, name + ".disk");
    Optional<String> handle = Suite.parameter(command, name + ".disk-id");
    if (disk.isEmpty() || handle.isEmpty()) {
      return List.of(
          CheckResult.error(
              "restored-disk:" + volume.claim(),
              "the disk that was restored",
              "the command names none of " + name));
    }
    List<CheckResult> results = new ArrayList<>();
    try (KubernetesClient client = ClusterClients.open(kubernetes)) {
      MountCheck check = new MountCheck(client, kubernetes.namespace());
      results.add(check.boundTo(volume.claim(), disk.get(), handle.get()));
      results.add(check.mountedBySomebody(volume));
    }
    return results;
  }
}
