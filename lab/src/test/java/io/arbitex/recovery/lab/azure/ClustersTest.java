package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.EmptyAzure.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.Context;
import com.azure.resourcemanager.containerservice.fluent.ManagedClustersClient;
import com.azure.resourcemanager.containerservice.fluent.models.CredentialResultsInner;
import com.azure.resourcemanager.containerservice.fluent.models.ManagedClusterInner;
import com.azure.resourcemanager.containerservice.models.AgentPoolMode;
import com.azure.resourcemanager.containerservice.models.ManagedClusterAgentPoolProfile;
import com.azure.resourcemanager.containerservice.models.TagsObject;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Managed clusters by Azure's client library: one that was given, and one that is ordered. */
class ClustersTest {
  private static EmptyAzure azure;
  private static ManagedClustersClient clusters;
  private static Path folder;

  @BeforeAll
  static void start() throws Exception {
    folder = TestAzure.folder();
    Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), "the file of the given one");
    Path images = Files.writeString(folder.resolve("images.yaml"), "images: {}\n");
    var given =
        new ManagedCluster(
            GROUP,
            "aks-prod",
            "westeurope",
            new ObjectMapper().readTree("{}"),
            new ObjectMapper().readTree("{\"agentPoolProfiles\":[{\"name\":\"p\",\"count\":3}]}"),
            3,
            0,
            0,
            kubeconfig.toString(),
            ManagedCluster.State.SUCCEEDED);
    azure =
        new EmptyAzure(
            new Inventory(
                Map.of(), List.of(), folder.resolve("disks"), null, List.of(given), images));
    clusters = AzureClients.containerService(azure.address()).serviceClient().getManagedClusters();
  }

  @AfterAll
  static void end() throws Exception {
    azure.close();
    TestAzure.delete(folder);
  }

  private static String kubeconfig(CredentialResultsInner credentials) {
    return new String(credentials.kubeconfigs().get(0).value(), StandardCharsets.UTF_8);
  }

  private static ManagedClusterInner cluster(int nodes) {
    return new ManagedClusterInner()
        .withLocation("westeurope")
        .withDnsPrefix("aks-dr")
        .withAgentPoolProfiles(
            List.of(
                new ManagedClusterAgentPoolProfile()
                    .withName("sys")
                    .withMode(AgentPoolMode.SYSTEM)
                    .withCount(nodes)));
  }

  @Test
  void aClusterThatWasGivenIsToldAndNotEnded() {
    ManagedClusterInner given = clusters.getByResourceGroup(GROUP, "aks-prod");
    assertThat(given.provisioningState()).isEqualTo("Succeeded");
    assertThat(given.powerState().code()).hasToString("Running");
    assertThat(given.agentPoolProfiles().get(0).count()).isEqualTo(3);
    assertThat(kubeconfig(clusters.listClusterUserCredentials(GROUP, "aks-prod")))
        .isEqualTo("the file of the given one");
    assertThatThrownBy(() -> clusters.delete(GROUP, "aks-prod"))
        .isInstanceOf(ManagementException.class)
        .hasMessageContaining("OperationNotAllowed");
  }

  @Test
  void aClusterThatIsOrderedIsRealAndGoesWithItsDeletion() {
    ManagedClusterInner made = clusters.createOrUpdate(GROUP, "aks-dr", cluster(2));

    assertThat(made.provisioningState()).isEqualTo("Succeeded");
    String kubeconfig = kubeconfig(clusters.listClusterAdminCredentials(GROUP, "aks-dr"));
    try (KubernetesClient client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build()) {
      assertThat(client.nodes().list().getItems()).hasSize(2);
      client
          .namespaces()
          .resource(new NamespaceBuilder().withNewMetadata().withName("shop").endMetadata().build())
          .create();
      // The same order again, after an answer was lost.
      clusters.createOrUpdate(GROUP, "aks-dr", cluster(2));
      assertThat(client.namespaces().withName("shop").get()).isNotNull();
    }
    assertThatThrownBy(() -> clusters.createOrUpdate(GROUP, "aks-dr", cluster(3)))
        .hasMessageContaining("does not change the agent pools");

    clusters.delete(GROUP, "aks-dr");

    assertThat(clusters.listByResourceGroup(GROUP))
        .extracting(ManagedClusterInner::name)
        .containsExactly("aks-prod");
    URI server = URI.create(Config.fromKubeconfig(kubeconfig).getMasterUrl());
    assertThatThrownBy(() -> new Socket(server.getHost(), server.getPort()).close())
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void aClusterThatIsStoppedHasNoProcessesAndComesBackWithItsObjects() throws Exception {
    clusters.createOrUpdate(GROUP, "aks-off", cluster(1));
    String kubeconfig = kubeconfig(clusters.listClusterUserCredentials(GROUP, "aks-off"));
    try (KubernetesClient client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build()) {
      client
          .namespaces()
          .resource(new NamespaceBuilder().withNewMetadata().withName("shop").endMetadata().build())
          .create();
    }
    URI server = URI.create(Config.fromKubeconfig(kubeconfig).getMasterUrl());

    clusters.stop(GROUP, "aks-off");

    ManagedClusterInner stopped = clusters.getByResourceGroup(GROUP, "aks-off");
    assertThat(stopped.provisioningState() + " " + stopped.powerState().code())
        .isEqualTo("Succeeded Stopped");
    assertThatThrownBy(() -> new Socket(server.getHost(), server.getPort()).close())
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> clusters.stop(GROUP, "aks-off"))
        .hasMessageContaining("is not running");
    assertThatThrownBy(() -> clusters.stop(GROUP, "aks-prod"))
        .as("one that somebody else runs")
        .hasMessageContaining("OperationNotAllowed");

    clusters.start(GROUP, "aks-off");

    assertThat(clusters.getByResourceGroup(GROUP, "aks-off").powerState().code())
        .hasToString("Running");
    try (KubernetesClient client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build()) {
      assertThat(client.namespaces().withName("shop").get()).isNotNull();
    }
    String etag = clusters.getByResourceGroup(GROUP, "aks-off").etag();
    TagsObject tags = new TagsObject().withTags(Map.of("team", "shop"));
    clusters.updateTags(GROUP, "aks-off", tags, etag, Context.NONE);
    assertThat(clusters.getByResourceGroup(GROUP, "aks-off").tags()).containsEntry("team", "shop");
    assertThatThrownBy(() -> clusters.updateTags(GROUP, "aks-off", tags, etag, Context.NONE))
        .hasMessageContaining("PreconditionFailed");
    assertThatThrownBy(
            () -> clusters.createOrUpdate(GROUP, "aks-off", cluster(1), null, "*", Context.NONE))
        .hasMessageContaining("PreconditionFailed");
  }
}
