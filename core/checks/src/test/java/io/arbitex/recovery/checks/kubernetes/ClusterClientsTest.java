package io.arbitex.recovery.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubeconfig;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.NoSuchCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cluster a client is opened for. */
class ClusterClientsTest {
  @TempDir Path folder;
  private final List<String> refused = new ArrayList<>();
  private ClustersFixture clusters;
  private Kubernetes own;

  @BeforeEach
  void begin() throws Exception {
    clusters = new ClustersFixture();
    Files.writeString(folder.resolve("kubeconfig"), clusters.kubeconfig("old"));
    own =
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
                    kubernetes: {kubeconfig: "file:kubeconfig", context: only, namespace: arbitex}
                    components:
                      - {name: public-health, kind: endpoint}
                """)
            .platforms()
            .get(0)
            .kubernetes()
            .orElseThrow();
  }

  @AfterEach
  void end() {
    clusters.close();
  }

  /** What gives a kubeconfig out, or fails to. */
  private interface Giving {
    String content() throws IOException;
  }

  private Kubernetes boundTo(Giving giving) {
    return own.boundTo(
        new Kubeconfig() {
          @Override
          public String content() throws IOException {
            return giving.content();
          }

          @Override
          public void refused(String content) {
            refused.add(content);
          }

          @Override
          public String toString() {
            return "what somebody gives out";
          }
        });
  }

  private static int pods(Kubernetes settings) throws IOException {
    try (KubernetesClient client = ClusterClients.open(settings)) {
      return client.pods().inNamespace(settings.namespace()).list().getItems().size();
    }
  }

  @Test
  void itIsTheBoundOneAndTheInventorysOnlyWithoutOne() throws Exception {
    assertThat(pods(own)).isZero();
    assertThat(clusters.asked("old")).containsExactly("GET /api/v1/namespaces/arbitex/pods");
    // The context is the inventory's kubeconfig's.
    String elsewhere = clusters.kubeconfig("new").replace("only", "elsewhere");
    assertThat(pods(boundTo(() -> elsewhere))).isZero();
    assertThat(clusters.asked("new")).containsExactly("GET /api/v1/namespaces/arbitex/pods");
    assertThat(clusters.asked("old")).hasSize(1);
  }

  @Test
  void whoeverGaveItOutHearsWhenTheClusterRefusesIt() throws Exception {
    String content = clusters.kubeconfig("new");
    clusters.rotate("new");
    assertThatThrownBy(() -> pods(boundTo(() -> content)))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(refused).containsOnly(content);
    refused.clear();
    String rotated = clusters.kubeconfig("new");
    pods(boundTo(() -> rotated));
    assertThat(refused).isEmpty();
  }

  @Test
  void whyThereIsNoneIsToldApartAndNeverWithItsContent() {
    assertThatThrownBy(
            () ->
                pods(
                    boundTo(
                        () -> {
                          throw new NoSuchCluster("it is gone");
                        })))
        .isInstanceOf(NoSuchCluster.class);
    assertThatThrownBy(
            () ->
                pods(
                    boundTo(
                        () -> {
                          throw new InterruptedIOException("called off");
                        })))
        .isInstanceOf(InterruptedIOException.class);
    assertThatThrownBy(() -> pods(boundTo(() -> "users: [{token: a-secret")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("what somebody gives out is none that can be used")
        .hasMessageNotContaining("secret")
        .hasNoCause();
    assertThatThrownBy(() -> ClusterClients.open("users: [{token: a-secret", "arbitex"))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }
}
