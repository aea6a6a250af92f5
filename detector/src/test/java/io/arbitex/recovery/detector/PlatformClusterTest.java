package io.arbitex.recovery.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.azure.BoundClusters;
import io.arbitex.recovery.checks.kubernetes.ClustersFixture;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.detector.clusters.ClusterProbe;
import io.arbitex.recovery.detector.volumes.VolumeProbe;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.runtime.Bindings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cluster an observer asks when the binding changes while it looks. */
class PlatformClusterTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Bindings.ManagedCluster OLD = bound("old", 0);
  private static final Bindings.ManagedCluster NEW = bound("new", 1);

  @TempDir Path folder;
  private ClustersFixture clusters;
  private Inventory.Platform platform;
  private ClusterProbe probe;
  private VolumeProbe volume;
  private PlatformCluster cluster;
  private Supplier<Bindings.ManagedCluster> binding = () -> OLD;

  private static Bindings.ManagedCluster bound(String name, long epoch) {
    return new Bindings.ManagedCluster(name, Optional.empty(), epoch);
  }

  @BeforeEach
  void begin() throws Exception {
    clusters = new ClustersFixture();
    Files.writeString(folder.resolve("kubeconfig"), clusters.kubeconfig("old"));
    platform =
        Inventory.parse(
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
                    .formatted(clusters.azure()))
            .platforms()
            .get(0);
    Cluster settings =
        platform.component("cluster").flatMap(Inventory.Component::cluster).orElseThrow();
    probe = new ClusterProbe(platform.kubernetes().orElseThrow(), settings, TIMEOUT);
    volume =
        new VolumeProbe(
            platform.kubernetes().orElseThrow(),
            platform.component("buffer").flatMap(Inventory.Component::volume).orElseThrow());
    cluster =
        new PlatformCluster(platform, () -> Optional.of(binding.get()), new BoundClusters(TIMEOUT));
  }

  @AfterEach
  void end() {
    probe.close();
    volume.close();
    clusters.close();
  }

  private Observation look() throws InterruptedException {
    return cluster.target(probe).probe().look(Instant.now());
  }

  @Test
  void aProbeAsksTheNewClusterFromTheFirstLookAfterTheBindingOn() throws Exception {
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    assertThat(clusters.asked("old")).contains("GET /readyz");
    assertThat(clusters.azureAsked()).as("it has a kubeconfig of its own").isEmpty();
    int before = clusters.asked("old").size();

    binding = () -> NEW;
    Watch.Target target = cluster.target(probe);
    assertThat(target.resource()).isEqualTo("new");
    assertThat(target.epoch()).isEqualTo(1);
    Observation seen = target.probe().look(Instant.now());
    assertThat(seen.status()).as(seen.detail()).isEqualTo(HealthStatus.UP);
    assertThat(clusters.asked("new")).contains("GET /readyz", "GET /api/v1/nodes");
    assertThat(clusters.asked("old")).hasSize(before);
    look();
    assertThat(clusters.azureAsked()).containsExactly("new");
  }

  /** A binding may be read between the making of a look and the look itself. */
  @Test
  void aLookGoesToTheClusterWhoseNameItCarries() throws Exception {
    Watch.Target target = cluster.target(probe);
    binding = () -> NEW;
    target.probe().look(Instant.now());
    assertThat(target.resource()).isEqualTo("old");
    assertThat(clusters.asked("old")).contains("GET /readyz");
    assertThat(clusters.asked("new")).isEmpty();
  }

  private Watch.Target ofVolume() {
    return new Watch.Target("arbitex-audit-buffer", 3, volume);
  }

  private Observation lookAtVolume() throws InterruptedException {
    return cluster.target(volume, this::ofVolume).probe().look(Instant.now());
  }

  @Test
  void aVolumeIsLookedForInTheNewClusterToo() throws Exception {
    assertThat(lookAtVolume().detail()).contains("no claim");
    assertThat(clusters.asked("old"))
        .contains("GET /api/v1/namespaces/arbitex/persistentvolumeclaims");
    int before = clusters.asked("old").size();
    binding = () -> NEW;
    assertThat(lookAtVolume().detail()).contains("no claim");
    assertThat(clusters.asked("new"))
        .contains("GET /api/v1/namespaces/arbitex/persistentvolumeclaims");
    assertThat(clusters.asked("old")).hasSize(before);
  }

  /** Both bindings are read between two looks: of the cluster, and of what was put into it. */
  @Test
  void theOldClusterIsNotAskedInTheNameOfWhatIsInTheNewOne() throws Exception {
    Watch.Target target =
        cluster.target(
            volume,
            () -> {
              binding = () -> NEW;
              return ofVolume();
            });
    assertThat(target.resource()).isEqualTo("arbitex-audit-buffer");
    assertThat(target.epoch()).isEqualTo(3);
    target.probe().look(Instant.now());
    assertThat(clusters.asked("new")).isNotEmpty();
    assertThat(clusters.asked("old")).isEmpty();
  }

  @Test
  void aClusterThatAzureDoesNotHaveIsDownAndOfItsVolumesNothingIsKnown() throws Exception {
    binding = () -> NEW;
    clusters.delete("new");
    Observation seen = look();
    assertThat(seen.status()).isEqualTo(HealthStatus.DOWN);
    assertThat(seen.symptom()).isEqualTo(Symptom.UNREACHABLE);
    assertThat(seen.detail()).contains("Azure has no cluster new");
    assertThat(lookAtVolume().status()).isEqualTo(HealthStatus.UNKNOWN);
  }

  @Test
  void anAzureThatIsAwayBlindsOnlyWhoeverHasNeverAsked() throws Exception {
    binding = () -> NEW;
    clusters.azureIsAway();
    Observation seen = look();
    assertThat(seen.status()).isEqualTo(HealthStatus.UNKNOWN);
    assertThat(seen.detail()).contains("the cluster that is bound").doesNotContain("secret");
  }

  /** The certificates of the cluster were renewed. */
  @Test
  void credentialsThatTheClusterRefusesAreFetchedAnewForTheNextLook() throws Exception {
    binding = () -> NEW;
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    clusters.rotate("new");
    assertThat(look().symptom()).isEqualTo(Symptom.AUTHENTICATION);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    assertThat(clusters.azureAsked()).containsExactly("new", "new");
  }

  @Test
  void whereTheBindingIsInDoubtNothingIsLookedAt() {
    binding =
        () -> {
          throw new IllegalStateException("nobody knows");
        };
    assertThatThrownBy(() -> cluster.target(probe)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(this::lookAtVolume).isInstanceOf(IllegalStateException.class);
    assertThat(clusters.asked("old")).isEmpty();
  }
}
