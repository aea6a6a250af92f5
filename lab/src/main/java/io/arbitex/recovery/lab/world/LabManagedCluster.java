package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.clusters.OrderedClusters;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The platform's cluster as one that Azure has, ordered as anybody orders one, with what a recovery
 * of it needs: a backup vault that protects it, a key vault that has the platform's secrets, and a
 * DNS record that names its load balancer.
 */
final class LabManagedCluster {
  /** Its name in Azure. */
  static final String NAME = "arbitex-aks";

  static final String VERSION = "2025-09-01";
  static final int NODES = 1;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String ORDER =
      """
      {"location": "%s", "identity": {"type": "SystemAssigned"}, "tags": {"team": "platform"},
       "properties": {"dnsPrefix": "%s", "kubernetesVersion": "1.33", "nodeResourceGroup": "%s",
         "agentPoolProfiles": [{"name": "system", "mode": "System", "count": %d,
           "vmSize": "Standard_D4s_v5", "osType": "Linux", "type": "VirtualMachineScaleSets"}]}}
      """
          .formatted(LabAzureCloud.LOCATION, NAME, LabAzureCloud.NODES, NODES);

  private final LabPlan plan;
  private final LabArm azure;

  LabManagedCluster(LabPlan plan, LabArm azure) {
    this.plan = plan;
    this.azure = azure;
  }

  /** What Azure's process has to be told, so that all of this can be in it. */
  static List<String> azureArguments(LabPlan plan) {
    return List.of(
        "--cluster-image-file=" + LabCluster.imageFile(plan.folder()),
        "--dns-zone=" + LabAzureCloud.GROUP + "/" + PublicRecord.ZONE,
        "--vault=" + PlatformVault.NAME + "=" + plan.azure().orElseThrow().vault());
  }

  /** Its resource id. */
  static String id() {
    return LabArm.path("Microsoft.ContainerService/managedClusters/" + NAME);
  }

  /** Orders it; not yet there. */
  void order() throws IOException, InterruptedException {
    azure.put(id(), VERSION, ORDER);
  }

  /**
   * Waits until it is there, and keeps its kubeconfig where the lab has it.
   *
   * @return the plan with the ports that it got
   */
  LabPlan await(LabPlan placed) throws IOException, InterruptedException {
    Waiting.until(
        "the making of the cluster " + NAME,
        LIMIT,
        () ->
            azure
                .get(id(), VERSION)
                .at("/properties/provisioningState")
                .asText()
                .equals("Succeeded"),
        () -> "");
    JsonNode credentials = azure.post(id() + "/listClusterUserCredential", VERSION, "").body();
    byte[] kubeconfig = Base64.getDecoder().decode(credentials.at("/kubeconfigs/0/value").asText());
    Files.createDirectories(plan.folder().kubernetes());
    LabFolder.writeAtomically(LabCluster.kubeconfig(plan.folder()), kubeconfig);
    List<OrderedClusters.Ordered> all = new ArrayList<>(OrderedClusters.in(plan.folder().azure()));
    all.removeIf(each -> !each.name().equals(NAME));
    return placed.withClusterAt(all.get(0).port(), all.get(0).controlPort());
  }

  /**
   * Does what can be done when the platform is ready: lets its customers find it, and backs it up.
   *
   * @param secrets of the platform, by key
   */
  void finish(Map<String, String> secrets, Consumer<String> say)
      throws IOException, InterruptedException {
    String address = address();
    new PublicRecord(azure).name(address);
    say.accept("azure: " + PublicRecord.NAME + " is " + address);
    new PlatformVault(plan).fill(secrets);
    ClusterProtection protection = new ClusterProtection(azure);
    protection.begin();
    protection.backUp();
    say.accept("azure: the first recovery point of " + NAME + " is there");
  }

  /** Where its load balancer is. */
  private String address() throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    try (KubernetesClient client = LabCluster.client(LabCluster.kubeconfig(plan.folder()))) {
      Waiting.until(
          "the load balancer's address",
          LIMIT,
          () -> {
            Service service =
                client
                    .services()
                    .inNamespace(LabCluster.NAMESPACE)
                    .withName(PlatformWorkload.PLATFORM)
                    .require();
            service.getStatus().getLoadBalancer().getIngress().stream()
                .map(LoadBalancerIngress::getIp)
                .forEach(found::add);
            return !found.isEmpty();
          },
          () -> "");
    }
    return found.get(0);
  }
}
