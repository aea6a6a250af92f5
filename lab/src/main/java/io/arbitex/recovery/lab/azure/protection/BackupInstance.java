package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.protection.contents.Selection;
import java.util.Locale;

/**
 * A cluster that a vault protects.
 *
 * @param vault its name
 * @param tags as they were ordered
 * @param properties as they were ordered
 */
public record BackupInstance(
    String vault, String name, JsonNode tags, JsonNode properties, State state) {
  static final String TARGET = "backupinstances/";

  /** How far it is. */
  public enum State {
    CONFIGURING("ConfiguringProtection", "Provisioning"),
    CONFIGURED("ProtectionConfigured", "Succeeded");

    private final String protection;
    private final String provisioning;

    State(String protection, String provisioning) {
      this.protection = protection;
      this.provisioning = provisioning;
    }

    /** The state of protection, as Azure says it. */
    public String protection() {
      return protection;
    }

    /** The state of the resource, as Azure says it. */
    public String provisioning() {
      return provisioning;
    }
  }

  /** Resource id of the cluster. */
  public String cluster() {
    return properties.at("/dataSourceInfo/resourceID").asText();
  }

  /** As operations name it. */
  public String target() {
    return TARGET + key(vault, name);
  }

  /** In files and in operations; no name of a vault or an instance has the sign between. */
  static String key(String vault, String name) {
    return (vault + "~" + name).toLowerCase(Locale.ROOT);
  }

  /** What is backed up. */
  Selection selection() {
    return Selection.of(parameters());
  }

  boolean snapshotsVolumes() {
    return parameters().path("snapshotVolumes").asBoolean(false);
  }

  /** Where snapshots go: the last part of a resource group's id; empty when none was named. */
  String snapshotGroup() {
    String id =
        properties
            .at("/policyInfo/policyParameters/dataStoreParametersList/0/resourceGroupId")
            .asText("");
    return id.substring(id.lastIndexOf('/') + 1);
  }

  private JsonNode parameters() {
    return properties.at("/policyInfo/policyParameters/backupDatasourceParametersList/0");
  }

  BackupInstance withState(State now) {
    return new BackupInstance(vault, name, tags, properties, now);
  }
}
