package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.configuration.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The description by which a new cluster is ordered: a copy of the old one's, of those parts that
 * describe what is wanted and belong to no single cluster. What is not copied is told.
 *
 * @param wanted the body of the order, without tags
 * @param leftOut parts of the old description that a new cluster does not get
 */
record NewCluster(ObjectNode wanted, List<String> leftOut) {
  private static final Set<String> COPIED =
      Set.of(
          "kubernetesVersion",
          "enableRBAC",
          "aadProfile",
          "networkProfile",
          "apiServerAccessProfile",
          "autoScalerProfile",
          "autoUpgradeProfile",
          "disableLocalAccounts",
          "oidcIssuerProfile",
          "securityProfile",
          "storageProfile",
          "workloadAutoScalerProfile",
          "supportPlan");

  private static final Set<String> COPIED_OF_POOL =
      Set.of(
          "name",
          "count",
          "vmSize",
          "osDiskSizeGB",
          "osDiskType",
          "kubeletDiskType",
          "maxPods",
          "osType",
          "osSKU",
          "mode",
          "type",
          "availabilityZones",
          "vnetSubnetID",
          "podSubnetID",
          "enableAutoScaling",
          "minCount",
          "maxCount",
          "nodeLabels",
          "nodeTaints",
          "orchestratorVersion",
          "enableNodePublicIP",
          "enableEncryptionAtHost",
          "enableFIPS",
          "scaleSetPriority",
          "scaleSetEvictionPolicy",
          "spotMaxPrice",
          "upgradeSettings");

  private static final Set<String> COPIED_OF_NETWORK =
      Set.of(
          "networkPlugin",
          "networkPluginMode",
          "networkPolicy",
          "networkMode",
          "networkDataplane",
          "podCidr",
          "podCidrs",
          "serviceCidr",
          "serviceCidrs",
          "dnsServiceIP",
          "outboundType",
          "loadBalancerSku",
          "ipFamilies");

  private static final Set<String> COPIED_OF_OIDC = Set.of("enabled");

  /** What Azure fills in by itself, or what is the lost cluster's own: missed by nobody. */
  private static final Set<String> OF_NO_USE =
      Set.of(
          "provisioningState",
          "powerState",
          "maxAgentPools",
          "currentKubernetesVersion",
          "dnsPrefix",
          "fqdn",
          "privateFQDN",
          "azurePortalFQDN",
          "agentPoolProfiles",
          "nodeResourceGroup",
          "identityProfile",
          "servicePrincipalProfile",
          "resourceUID",
          "status");

  NewCluster {
    leftOut = List.copyOf(leftOut);
  }

  /**
   * One like the old one.
   *
   * @param nodes that it has at least, in its first pool if they are missing
   */
  static NewCluster like(JsonNode old, String name, int nodes) {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    wanted.put("location", old.path("location").asText());
    if (old.has("sku")) {
      wanted.set("sku", old.get("sku").deepCopy());
    }
    wanted.set("identity", identity(old.path("identity")));
    ObjectNode properties = wanted.putObject("properties").put("dnsPrefix", name);
    List<String> leftOut = new ArrayList<>();
    old.path("properties")
        .properties()
        .forEach(
            each -> {
              if (COPIED.contains(each.getKey())) {
                properties.set(each.getKey(), copy(each.getKey(), each.getValue()));
              } else if (!OF_NO_USE.contains(each.getKey())) {
                leftOut.add(each.getKey());
              }
            });
    ArrayNode pools = properties.putArray("agentPoolProfiles");
    old.at("/properties/agentPoolProfiles").forEach(pool -> pools.add(only(pool, COPIED_OF_POOL)));
    enough(pools, nodes);
    return new NewCluster(wanted, leftOut);
  }

  /** One of which nothing is known but what the inventory says. */
  static NewCluster of(Cluster.NodePool like, String name, int nodes) {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    wanted.put("location", like.location());
    wanted.putObject("identity").put("type", "SystemAssigned");
    wanted
        .putObject("properties")
        .put("dnsPrefix", name)
        .put("enableRBAC", true)
        .putArray("agentPoolProfiles")
        .addObject()
        .put("name", "system")
        .put("mode", "System")
        .put("type", "VirtualMachineScaleSets")
        .put("osType", "Linux")
        .put("vmSize", like.vmSize())
        .put("count", nodes);
    return new NewCluster(wanted, List.of());
  }

  private static JsonNode copy(String name, JsonNode value) {
    return switch (name) {
      case "networkProfile" -> only(value, COPIED_OF_NETWORK);
      case "oidcIssuerProfile" -> only(value, COPIED_OF_OIDC);
      default -> value.deepCopy();
    };
  }

  private static ObjectNode only(JsonNode of, Set<String> names) {
    ObjectNode copy = of.deepCopy();
    copy.retain(names);
    return copy;
  }

  /** Identities of users' own are given to the new one too; the system's own is made anew. */
  private static ObjectNode identity(JsonNode old) {
    ObjectNode identity = JsonNodeFactory.instance.objectNode();
    identity.put("type", old.path("type").asText("SystemAssigned"));
    JsonNode users = old.path("userAssignedIdentities");
    if (users.isObject()) {
      ObjectNode all = identity.putObject("userAssignedIdentities");
      users.fieldNames().forEachRemaining(all::putObject);
    }
    return identity;
  }

  /** A stopped cluster may say that it has no nodes, and one that was scaled in too few. */
  private static void enough(ArrayNode pools, int nodes) {
    int sum = 0;
    for (JsonNode pool : pools) {
      sum += pool.path("count").asInt(1);
    }
    if (sum < nodes && !pools.isEmpty()) {
      ObjectNode first = (ObjectNode) pools.get(0);
      int count = first.path("count").asInt(1) + nodes - sum;
      first.put("count", count);
      if (first.path("maxCount").asInt(count) < count) {
        first.put("maxCount", count);
      }
    }
  }
}
