package io.arbitex.recovery.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubeconfig;
import io.arbitex.recovery.configuration.Kubernetes;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BoundClustersTest {
  private final BoundClusters clusters = new BoundClusters(Duration.ofSeconds(10));
  private FakeAzure azure;
  private Inventory.Platform platform;

  @BeforeEach
  void begin() throws Exception {
    azure = new FakeAzure().gives("a kubeconfig");
    platform = azure.platform();
  }

  @AfterEach
  void end() {
    azure.close();
  }

  private Optional<Kubeconfig> bound(String resource, String group) {
    return clusters
        .follow(platform, Optional.of(resource), Optional.ofNullable(group))
        .kubernetes()
        .orElseThrow()
        .bound();
  }

  @Test
  void theInventorysOwnClusterIsReachedByItsKubeconfig() {
    assertThat(clusters.follow(platform, Optional.empty(), Optional.empty())).isSameAs(platform);
    assertThat(bound("arbitex-aks", null)).isEmpty();
    assertThat(bound("Arbitex-AKS", "ARBITEX-rg")).as("as Azure compares names").isEmpty();
    assertThat(platform.kubernetes().orElseThrow().place()).isEqualTo("file:kubeconfig");
  }

  @Test
  void everyOtherOneByAzuresCredentialsOfItsGroup() throws Exception {
    Kubernetes other =
        clusters
            .follow(platform, Optional.of("arbitex-aks-2"), Optional.empty())
            .kubernetes()
            .orElseThrow();
    assertThat(other.content()).isEqualTo("a kubeconfig");
    assertThat(other.namespace()).isEqualTo("arbitex");
    assertThat(azure.asked().get(0))
        .contains("/resourceGroups/arbitex-rg/", "/managedClusters/arbitex-aks-2/");
    assertThat(bound("arbitex-aks-2", "standby-rg").orElseThrow().content()).isNotEmpty();
    assertThat(bound("arbitex-aks", "standby-rg").orElseThrow().content())
        .as("of the same name, in another group")
        .isNotEmpty();
    assertThat(azure.asked().get(1))
        .contains("/resourceGroups/standby-rg/", "/managedClusters/arbitex-aks-2/");
    assertThat(azure.asked().get(2))
        .contains("/resourceGroups/standby-rg/", "/managedClusters/arbitex-aks/");
  }

  @Test
  void allThatAskForOneClusterShareItsCredentials() throws Exception {
    Kubeconfig first = bound("arbitex-aks-2", null).orElseThrow();
    assertThat(bound("ARBITEX-AKS-2", "arbitex-rg").orElseThrow()).isSameAs(first);
    first.content();
    bound("arbitex-aks-2", null).orElseThrow().content();
    assertThat(azure.asked()).hasSize(1);
    assertThat(bound("arbitex-aks-3", null).orElseThrow()).isNotSameAs(first);
  }

  @Test
  void aPlatformWhoseClusterIsNoComponentStaysWhereItIs() throws Exception {
    Inventory.Platform without = azure.platform(false);
    assertThat(clusters.follow(without, Optional.of("arbitex-aks-2"), Optional.empty()))
        .isSameAs(without);
  }
}
