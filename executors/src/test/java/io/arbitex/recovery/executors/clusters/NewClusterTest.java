package io.arbitex.recovery.executors.clusters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.configuration.Cluster;
import org.junit.jupiter.api.Test;

class NewClusterTest {
  private static final String OLD =
      """
      {"id": "/subscriptions/s/old", "name": "old", "location": "westeurope", "eTag": "1",
       "tags": {"team": "platform"}, "sku": {"name": "Base", "tier": "Standard"},
       "identity": {"type": "UserAssigned", "principalId": "p",
         "userAssignedIdentities": {"/subscriptions/s/mine": {"clientId": "c", "principalId": "p"}}},
       "properties": {
         "provisioningState": "Succeeded", "powerState": {"code": "Stopped"},
         "kubernetesVersion": "1.33", "dnsPrefix": "old", "fqdn": "old.example",
         "nodeResourceGroup": "MC_old",
         "networkProfile": {"networkPlugin": "azure", "podCidr": "10.0.0.0/16",
           "loadBalancerProfile": {"effectiveOutboundIPs": [{"id": "ip"}]}},
         "oidcIssuerProfile": {"enabled": true, "issuerURL": "https://old"},
         "addonProfiles": {"omsagent": {"enabled": true}},
         "agentPoolProfiles": [
           {"name": "sys", "count": 0, "vmSize": "Standard_D4s_v5", "mode": "System",
            "enableAutoScaling": true, "minCount": 1, "maxCount": 2,
            "powerState": {"code": "Stopped"}, "nodeImageVersion": "x", "eTag": "2"},
           {"name": "work", "count": 1, "vmSize": "Standard_D8s_v5", "mode": "User"}]}}
      """;

  @Test
  void whatDescribesTheOldOneIsCopiedAndWhatIsItsOwnIsNot() throws Exception {
    JsonNode old = new ObjectMapper().readTree(OLD);
    NewCluster made = NewCluster.like(old, "old-r0123456789", 4);
    assertThat(made.wanted())
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"location": "westeurope", "sku": {"name": "Base", "tier": "Standard"},
                     "identity": {"type": "UserAssigned",
                       "userAssignedIdentities": {"/subscriptions/s/mine": {}}},
                     "properties": {
                       "dnsPrefix": "old-r0123456789", "kubernetesVersion": "1.33",
                       "networkProfile": {"networkPlugin": "azure", "podCidr": "10.0.0.0/16"},
                       "oidcIssuerProfile": {"enabled": true},
                       "agentPoolProfiles": [
                         {"name": "sys", "count": 3, "vmSize": "Standard_D4s_v5",
                          "mode": "System", "enableAutoScaling": true, "minCount": 1,
                          "maxCount": 3},
                         {"name": "work", "count": 1, "vmSize": "Standard_D8s_v5",
                          "mode": "User"}]}}
                    """));
    assertThat(made.leftOut()).containsExactly("addonProfiles");
    assertThat(old).as("not changed").isEqualTo(new ObjectMapper().readTree(OLD));
  }

  @Test
  void ofOneThatAzureDoesNotKnowTheInventorySaysWhatIsMade() {
    NewCluster made =
        NewCluster.of(new Cluster.NodePool("northeurope", "Standard_D4s_v5"), "new", 3);
    assertThat(made.wanted().path("location").asText()).isEqualTo("northeurope");
    assertThat(made.wanted().at("/properties/agentPoolProfiles/0/count").asInt()).isEqualTo(3);
    assertThat(made.wanted().at("/properties/agentPoolProfiles/0/vmSize").asText())
        .isEqualTo("Standard_D4s_v5");
  }
}
