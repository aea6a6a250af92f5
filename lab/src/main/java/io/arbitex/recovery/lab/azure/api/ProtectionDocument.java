package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.protection.BackupInstance;
import io.arbitex.recovery.lab.azure.protection.BackupVault;
import io.arbitex.recovery.lab.azure.protection.RecoveryPoint;
import io.arbitex.recovery.lab.azure.protection.Vaults;
import java.time.Instant;

/** Backup vaults, what they protect, and recovery points, as Azure tells of them. */
final class ProtectionDocument {
  static final String TYPE = "Microsoft.DataProtection/backupVaults";

  private final Vaults vaults;

  ProtectionDocument(Vaults vaults) {
    this.vaults = vaults;
  }

  ObjectNode vault(BackupVault vault) {
    ObjectNode document =
        ArmAnswer.object()
            .put("id", vaults.id(vault))
            .put("name", vault.name())
            .put("type", TYPE)
            .put("location", vault.location());
    document.set("tags", vault.tags());
    document.set("identity", vault.identity());
    ObjectNode properties = vault.properties().deepCopy();
    document.set("properties", properties.put("provisioningState", "Succeeded"));
    return document;
  }

  ObjectNode instance(BackupVault vault, BackupInstance instance) {
    ObjectNode document =
        ArmAnswer.object()
            .put("id", id(vault, instance))
            .put("name", instance.name())
            .put("type", TYPE + "/backupInstances");
    document.set("tags", instance.tags());
    ObjectNode properties = instance.properties().deepCopy();
    document.set("properties", properties);
    properties
        .put("currentProtectionState", instance.state().protection())
        .put("provisioningState", instance.state().provisioning())
        .putObject("protectionStatus")
        .put("status", instance.state().protection());
    return document;
  }

  /** Resource id of what is protected. */
  String id(BackupVault vault, BackupInstance instance) {
    return vaults.id(vault) + "/backupInstances/" + instance.name();
  }

  ObjectNode point(BackupVault vault, BackupInstance instance, RecoveryPoint point) {
    String time = Instant.ofEpochMilli(point.millis()).toString();
    ObjectNode document =
        ArmAnswer.object()
            .put("id", id(vault, instance) + "/recoveryPoints/" + point.id())
            .put("name", point.id())
            .put("type", TYPE + "/backupInstances/recoveryPoints");
    ObjectNode properties =
        document
            .putObject("properties")
            .put("objectType", "AzureBackupDiscreteRecoveryPoint")
            .put("recoveryPointId", point.id())
            .put("recoveryPointTime", time)
            .put("recoveryPointType", "Full")
            .put("recoveryPointState", point.whole() ? "Completed" : "Partial")
            .put("friendlyName", point.id());
    properties
        .putArray("recoveryPointDataStoresDetails")
        .addObject()
        .put("id", point.id())
        .put("type", "OperationalStore")
        .put("creationTime", time)
        .put("state", "COMMITTED")
        .put("visible", true);
    return document;
  }
}
