package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.protection.BackupInstance;
import io.arbitex.recovery.lab.azure.protection.BackupVault;
import io.arbitex.recovery.lab.azure.protection.RestoreOrder;
import java.util.Optional;

/** What requests order of backup vaults. */
final class ProtectionOrders {
  private static final String VAULT = "[A-Za-z][-A-Za-z0-9]{0,48}[A-Za-z0-9]";
  private static final String INSTANCE = "[A-Za-z0-9][A-Za-z0-9._-]{0,149}";
  private static final String CLUSTERS = "Microsoft.ContainerService/managedClusters";
  private static final String PARAMETERS = "KubernetesClusterBackupDatasourceParameters";

  /**
   * @throws ArmFailure when it is not in order
   */
  BackupVault vault(ArmRequest request, Optional<BackupVault> there) {
    ArmPath path = request.path();
    String location = request.body().path("location").asText();
    if (!path.top().matches(VAULT) || location.isEmpty() || !request.properties().isObject()) {
      throw ArmFailure.invalid("A backup vault has a name, a location, and properties.");
    }
    if (there
        .filter(it -> !it.resourceGroup().equalsIgnoreCase(path.resourceGroup()))
        .isPresent()) {
      throw ArmFailure.of(
          409, "Conflict", "The lab has a vault of that name in another resource group.");
    }
    return new BackupVault(
        path.resourceGroup(),
        path.top(),
        location,
        object(request.body().path("tags")),
        object(request.body().path("identity")),
        request.properties());
  }

  /**
   * @throws ArmFailure when it is not in order, or would protect something else than before
   */
  BackupInstance instance(ArmRequest request, BackupVault vault, Optional<BackupInstance> there) {
    JsonNode properties = request.properties();
    String type = properties.at("/dataSourceInfo/datasourceType").asText();
    String parameters =
        properties
            .at("/policyInfo/policyParameters/backupDatasourceParametersList/0/objectType")
            .asText();
    BackupInstance ordered =
        new BackupInstance(
            vault.name(),
            request.path().child(),
            object(request.body().path("tags")),
            properties,
            there.map(BackupInstance::state).orElse(BackupInstance.State.CONFIGURING));
    if (!ordered.name().matches(INSTANCE)
        || !properties.path("objectType").asText().equals("BackupInstance")
        || !type.equalsIgnoreCase(CLUSTERS)
        || !parameters.equals(PARAMETERS)) {
      throw ArmFailure.invalid(
          "The lab protects a BackupInstance of "
              + CLUSTERS
              + " with "
              + PARAMETERS
              + " in its policyInfo.");
    }
    if (there.filter(it -> !it.cluster().equalsIgnoreCase(ordered.cluster())).isPresent()) {
      throw ArmFailure.invalid("'" + ordered.name() + "' protects another cluster.");
    }
    return ordered;
  }

  /**
   * @throws ArmFailure when it names no rule
   */
  void backup(JsonNode body) {
    if (!body.at("/backupRuleOptions/ruleName").isTextual()) {
      throw ArmFailure.invalid("A backup names a rule in 'backupRuleOptions.ruleName'.");
    }
  }

  /**
   * @throws ArmFailure when it is none that restores a cluster's recovery point
   */
  void restore(JsonNode body) {
    try {
      RestoreOrder.of(body);
    } catch (IllegalArgumentException e) {
      ArmFailure failure = ArmFailure.invalid(e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  private static JsonNode object(JsonNode given) {
    return given.isObject() ? given : ArmAnswer.object();
  }
}
