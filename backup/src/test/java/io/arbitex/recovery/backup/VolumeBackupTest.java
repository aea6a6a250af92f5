package io.arbitex.recovery.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.azure.BoundClusters;
import io.arbitex.recovery.checks.kubernetes.ClustersFixture;
import io.arbitex.recovery.configuration.Inventory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cluster's claim a snapshot is of. */
class VolumeBackupTest {
  @TempDir Path folder;

  @Test
  void theDiskIsThatOfTheClusterThatIsBoundNow() throws Exception {
    try (ClustersFixture clusters = new ClustersFixture()) {
      Files.writeString(folder.resolve("kubeconfig"), clusters.kubeconfig("old"));
      Inventory.Platform platform = platform(clusters.azure());
      VolumeBackup backup =
          VolumeBackup.of(
              platform,
              "buffer",
              platform.component("buffer").flatMap(Inventory.Component::volume).orElseThrow(),
              Clock.systemUTC(),
              Duration.ofMinutes(1));
      Inventory.Platform moved =
          new BoundClusters(Duration.ofSeconds(10))
              .follow(platform, Optional.of("new"), Optional.empty());
      assertThatThrownBy(() -> backup.take(moved.kubernetes().orElseThrow()))
          .isInstanceOf(BackupFailed.class)
          .hasMessageContaining("the claim arbitex-audit-buffer is missing");
      assertThat(clusters.asked("new")).isNotEmpty();
      assertThat(clusters.asked("old")).isEmpty();
    }
  }

  private Inventory.Platform platform(String azure) throws Exception {
    return Inventory.parse(
            "platform.yaml",
            folder,
            """
            platforms:
              - name: eu-1
                observers: [a]
                endpoints:
                  health: ["http://127.0.0.1:1/health"]
                  adminToken: env:TOKEN
                  auditKey: env:KEY
                kubernetes: {kubeconfig: "file:kubeconfig", namespace: arbitex}
                azure:
                  endpoint: %s
                  credential: none
                  subscription: s
                  tenant: t
                  resourceGroup: g
                components:
                  - {name: public-health, kind: endpoint}
                  - name: cluster
                    kind: aks
                    cluster:
                      name: old
                      resourceGroup: g
                      nodes: 3
                      like: {location: westeurope, vmSize: Standard_D4s_v5}
                  - name: buffer
                    kind: pvc
                    volume:
                      claim: arbitex-audit-buffer
                      workloads: [deployment/arbitex-platform]
                      helperImage: busybox:1.36
                      azure: {snapshots: g, disks: g}
            """
                .formatted(azure))
        .platforms()
        .get(0);
  }
}
