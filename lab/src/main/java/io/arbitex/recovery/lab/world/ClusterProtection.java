package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The backup of the platform's cluster: a vault that may work in it and protects its namespace. */
final class ClusterProtection {
  static final String VAULT = "arbitex-backup-vault";
  static final String INSTANCE = "arbitex-aks-backup";
  static final String STORAGE_ACCOUNT = "arbitexbackup";
  static final String CONTAINER = "aks-backup";

  private static final String VERSION = "2025-07-01";
  private static final String EXTENSION_VERSION = "2024-11-01";

  private static final String EXTENSION =
      """
      {"properties": {"extensionType": "Microsoft.DataProtection.Kubernetes",
        "releaseTrain": "stable", "configurationSettings": {
          "configuration.backupStorageLocation.bucket": "%s",
          "configuration.backupStorageLocation.config.storageAccount": "%s",
          "configuration.backupStorageLocation.config.resourceGroup": "%s"}}}
      """
          .formatted(CONTAINER, STORAGE_ACCOUNT, LabAzureCloud.GROUP);

  private static final String TRUST =
      """
      {"properties": {"sourceResourceId": "%s",
        "roles": ["Microsoft.DataProtection/backupVaults/backup-operator"]}}
      """
          .formatted(vault());

  private static final String PROTECT =
      """
      {"properties": {"objectType": "BackupInstance",
        "dataSourceInfo": {"objectType": "Datasource", "datasourceType": "%1$s",
          "resourceID": "%2$s", "resourceName": "%3$s", "resourceLocation": "%4$s",
          "resourceType": "%1$s", "resourceUri": "%2$s"},
        "policyInfo": {"policyParameters": {
          "backupDatasourceParametersList": [{
            "objectType": "KubernetesClusterBackupDatasourceParameters",
            "snapshotVolumes": true, "includeClusterScopeResources": true,
            "includedNamespaces": ["%5$s"]}],
          "dataStoreParametersList": [{"objectType": "AzureOperationalStoreParameters",
            "dataStoreType": "OperationalStore",
            "resourceGroupId": "/subscriptions/%6$s/resourceGroups/%7$s"}]}}}}
      """
          .formatted(
              "Microsoft.ContainerService/managedClusters",
              LabManagedCluster.id(),
              LabManagedCluster.NAME,
              LabAzureCloud.LOCATION,
              LabCluster.NAMESPACE,
              LabAzureCloud.SUBSCRIPTION,
              LabAzureCloud.SNAPSHOTS);

  private final LabArm azure;

  ClusterProtection(LabArm azure) {
    this.azure = azure;
  }

  private static String vault() {
    return LabArm.path("Microsoft.DataProtection/backupVaults/" + VAULT);
  }

  private static String instance() {
    return vault() + "/backupInstances/" + INSTANCE;
  }

  /** Makes the vault, lets it into the cluster, and has it protect the platform's namespace. */
  void begin() throws IOException, InterruptedException {
    azure.await(
        "the backup vault",
        azure.put(
            vault(),
            VERSION,
            "{\"location\": \"%s\", \"properties\": {\"storageSettings\": []}}"
                .formatted(LabAzureCloud.LOCATION)));
    azure.await(
        "the backup extension",
        azure.put(
            LabManagedCluster.id()
                + "/providers/Microsoft.KubernetesConfiguration/extensions/azure-aks-backup",
            EXTENSION_VERSION,
            EXTENSION));
    azure.await(
        "the vault's access to the cluster",
        azure.put(
            LabManagedCluster.id() + "/trustedAccessRoleBindings/backup",
            LabManagedCluster.VERSION,
            TRUST));
    azure.await("the protection of the cluster", azure.put(instance(), VERSION, PROTECT));
  }

  /** Names of all recovery points. */
  List<String> points() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    azure
        .get(instance() + "/recoveryPoints", VERSION)
        .path("value")
        .forEach(each -> names.add(each.path("name").asText()));
    return names;
  }

  /** Backs it up now; returns when the recovery point is there. */
  void backUp() throws IOException, InterruptedException {
    JsonNode ordered =
        azure.await(
            "the order of a backup",
            azure.post(
                instance() + "/backup",
                VERSION,
                "{\"backupRuleOptions\": {\"ruleName\": \"BackupDaily\"}}"));
    String job = ordered.at("/properties/jobId").asText();
    azure.awaitState(
        "the backup of the cluster",
        () -> azure.get(job, VERSION),
        "/properties/status",
        "Completed");
  }
}
