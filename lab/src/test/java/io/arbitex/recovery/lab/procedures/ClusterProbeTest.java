package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.clusters.ClusterProbe;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an observer sees of a cluster through its API. */
class ClusterProbeTest {
  private static final Duration TIMEOUT = Duration.ofMillis(500);

  @TempDir static Path folder;
  private static TestCluster cluster;
  private static String namespace;
  private static Path kubeconfig;
  private static String sound;
  private ClusterProbe probe;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
    namespace = cluster.namespace();
    sound = Files.readString(cluster.kubeconfig());
    kubeconfig = folder.resolve("observer.kubeconfig");
    Files.writeString(kubeconfig, sound);
    try (ClusterProbe first = probe(1, "20s")) {
      first.look(Instant.now());
    }
  }

  @BeforeEach
  void open() throws Exception {
    probe = probe(1, "500ms");
  }

  @AfterEach
  void clear() throws Exception {
    probe.close();
    cluster.control().clearAll();
    Files.writeString(kubeconfig, sound);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static ClusterProbe probe(int nodes, String slow) throws Exception {
    Inventory.Platform platform =
        Inventory.parse(
                "platform.yaml",
                folder,
                """
                platforms:
                  - name: eu-1
                    observers: [a]
                    endpoints: {health: ["http://127.0.0.1:1"], adminToken: env:A, auditKey: env:A}
                    kubernetes: {kubeconfig: "file:%s", namespace: %s}
                    azure:
                      subscription: 11111111-2222-3333-4444-555555555555
                      tenant: 11111111-2222-3333-4444-555555555556
                      resourceGroup: group
                    components:
                      - {name: health, kind: endpoint}
                      - name: cluster
                        kind: aks
                        cluster:
                          name: arbitex-aks
                          resourceGroup: group
                          nodes: %d
                          slow: %s
                          like: {location: westeurope, vmSize: Standard_D4s_v5}
                """
                    .formatted(kubeconfig, namespace, nodes, slow))
            .platform("eu-1")
            .orElseThrow();
    return new ClusterProbe(
        platform.kubernetes().orElseThrow(),
        platform.component("cluster").flatMap(Inventory.Component::cluster).orElseThrow(),
        TIMEOUT);
  }

  private Observation assertSeen(HealthStatus status, Symptom symptom, String... words)
      throws InterruptedException {
    Observation seen = probe.look(Instant.now());
    assertThat(seen.status()).as(seen.detail()).isEqualTo(status);
    assertThat(seen.symptom()).as(seen.detail()).isEqualTo(symptom);
    for (String word : words) {
      assertThat(seen.detail()).contains(word);
    }
    return seen;
  }

  private void toServer(String address) throws Exception {
    Files.writeString(
        kubeconfig, sound.replaceFirst("server: \\S+", "server: \"" + address + "\""));
  }

  @ParameterizedTest
  @CsvSource({
    "UNAUTHORIZED,DEGRADED,AUTHENTICATION,401",
    "FORBIDDEN,DEGRADED,AUTHENTICATION,403",
    "THROTTLED,DEGRADED,BUSY,429",
    "ERROR,DOWN,UNREACHABLE,500",
    "NOT_READY,DEGRADED,UNCLASSIFIED,etcd",
    "HUNG,DOWN,UNREACHABLE,in time"
  })
  void whatReadyzSaysIsTold(How how, HealthStatus status, Symptom symptom, String words)
      throws Exception {
    cluster.control().add(Misbehaviour.of("get", "/readyz", how, 0));
    assertSeen(status, symptom, words);
    cluster.control().clearAll();
    assertSeen(HealthStatus.UP, Symptom.NONE);
  }

  @ParameterizedTest
  @CsvSource({"nodes", "pods"})
  void aListThatIsForbiddenIsARightThatIsMissing(String resource) throws Exception {
    cluster.control().add(Misbehaviour.of("list", resource, How.FORBIDDEN, 0));
    assertSeen(HealthStatus.DEGRADED, Symptom.AUTHENTICATION, resource, "403");
  }

  @Test
  void aSlowAnswerIsToldApartFromNone() throws Exception {
    cluster.control().add(new Misbehaviour("get", "/readyz", ".*", How.SLOW, 1, 700, 0, 0));
    assertSeen(HealthStatus.DEGRADED, Symptom.BUSY, "more than 500 ms");
  }

  @Test
  void aServerThatIsAwayIsToldByHowFarItCame() throws Exception {
    int gone;
    try (ServerSocket closed = new ServerSocket(0)) {
      gone = closed.getLocalPort();
    }
    toServer("https://127.0.0.1:" + gone);
    assertSeen(HealthStatus.DOWN, Symptom.UNREACHABLE, "takes no connection");
    toServer("https://no-such-host.invalid");
    assertSeen(HealthStatus.DOWN, Symptom.UNREACHABLE, "does not resolve");
    try (ServerSocket mute = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      toServer("https://127.0.0.1:" + mute.getLocalPort());
      Instant begin = Instant.now();
      assertSeen(HealthStatus.DOWN, Symptom.UNREACHABLE, "in time");
      assertThat(Duration.between(begin, Instant.now())).isLessThan(TIMEOUT.multipliedBy(4));
    }
  }

  @Test
  void theKubeconfigIsReadAnewAndAWrongOneIsNoLossOfTheCluster() throws Exception {
    assertSeen(HealthStatus.UP, Symptom.NONE);
    Files.writeString(kubeconfig, sound.replaceFirst("token: \\S+", "token: another"));
    assertSeen(HealthStatus.DEGRADED, Symptom.AUTHENTICATION, "401");
    Files.writeString(
        kubeconfig, sound.replaceFirst("certificate-authority-data: \\S+", "tls-server-name: a"));
    assertSeen(HealthStatus.DEGRADED, Symptom.CERTIFICATE);
    Files.delete(kubeconfig);
    assertSeen(HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED, "kubeconfig");
    Files.writeString(kubeconfig, sound);
    assertSeen(HealthStatus.UP, Symptom.NONE);
  }

  @Test
  void nodesThatAreNotReadyAreCounted() throws Exception {
    Node second =
        new NodeBuilder()
            .withNewMetadata()
            .withName("second")
            .endMetadata()
            .withNewStatus()
            .addNewCondition()
            .withType("Ready")
            .withStatus("Unknown")
            .endCondition()
            .endStatus()
            .build();
    cluster.client().nodes().resource(second).create();
    try {
      probe.close();
      probe = probe(2, "500ms");
      assertSeen(HealthStatus.DEGRADED, Symptom.UNCLASSIFIED, "1 of 2 nodes are ready, not second");
      setStatus("lab-node-1", "False");
      assertSeen(HealthStatus.DOWN, Symptom.UNREACHABLE, "none of 2 nodes is ready");
    } finally {
      setStatus("lab-node-1", "True");
      cluster.client().nodes().withName("second").delete();
    }
  }

  private static void setStatus(String name, String ready) {
    cluster
        .client()
        .nodes()
        .withName(name)
        .editStatus(
            node ->
                new NodeBuilder(node)
                    .editStatus()
                    .editFirstCondition()
                    .withStatus(ready)
                    .endCondition()
                    .endStatus()
                    .build());
  }

  @Test
  void aPodThatCrashesAgainAndAgainIsNamed() throws Exception {
    cluster
        .client()
        .pods()
        .inNamespace(namespace)
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("crashes")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("shell")
                .withCommand("sh", "-c", "exit 3")
                .endContainer()
                .endSpec()
                .build())
        .create();
    until(
        "it is in a crash loop",
        () -> probe.look(Instant.now()).detail().contains("in a crash loop: crashes/main"));
    assertSeen(HealthStatus.DEGRADED, Symptom.UNCLASSIFIED, "crashes/main");
    cluster.client().pods().inNamespace(namespace).withName("crashes").delete();
    until("it is gone", () -> probe.look(Instant.now()).status() == HealthStatus.UP);
  }
}
