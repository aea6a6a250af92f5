package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.postgresql.BaseBackup;
import io.arbitex.recovery.lab.azure.postgresql.IpRange;
import io.arbitex.recovery.lab.azure.servers.FlexibleServer;
import io.arbitex.recovery.lab.azure.servers.Parameter;
import io.arbitex.recovery.lab.azure.servers.ServerState;
import io.arbitex.recovery.lab.azure.servers.Shape;
import java.util.List;

/** Servers, and what belongs to them, as Azure tells of them. */
final class ServerDocument {
  static final String TYPE = "Microsoft.DBforPostgreSQL/flexibleServers";

  private final String subscription;

  ServerDocument(String subscription) {
    this.subscription = subscription;
  }

  String id(FlexibleServer server) {
    return "/subscriptions/"
        + subscription
        + "/resourceGroups/"
        + server.resourceGroup()
        + "/providers/"
        + TYPE
        + "/"
        + server.name();
  }

  private ObjectNode child(FlexibleServer server, String kind, String name) {
    return ArmAnswer.object()
        .put("id", id(server) + "/" + kind + "/" + name)
        .put("name", name)
        .put("type", TYPE + "/" + kind);
  }

  /**
   * @param backups oldest first
   */
  ObjectNode server(FlexibleServer server, List<BaseBackup> backups) {
    Shape shape = server.shape();
    ObjectNode document = ArmAnswer.object();
    document.put("id", id(server)).put("name", server.name()).put("type", TYPE);
    document.put("location", shape.location());
    ObjectNode tags = document.putObject("tags");
    shape.tags().forEach(tags::put);
    ObjectNode sku = document.putObject("sku");
    shape.sku().forEach(sku::put);
    ObjectNode properties = document.putObject("properties");
    properties.put("state", server.state().text());
    properties.put("version", shape.version());
    properties.put("administratorLogin", shape.administrator());
    properties.put("replicationRole", "Primary");
    if (shape.zone() != null) {
      properties.put("availabilityZone", shape.zone());
    }
    if (server.state() != ServerState.PROVISIONING) {
      properties.put("fullyQualifiedDomainName", server.address());
    }
    properties.putObject("storage").put("storageSizeGB", shape.storageGb());
    ObjectNode backup = properties.putObject("backup");
    backup.put("backupRetentionDays", shape.retentionDays());
    backup.put("geoRedundantBackup", "Disabled");
    if (!backups.isEmpty()) {
      backup.put("earliestRestoreDate", backups.get(0).completed().toString());
    }
    properties.putObject("network").put("publicNetworkAccess", "Enabled");
    properties
        .putObject("authConfig")
        .put("activeDirectoryAuth", "Disabled")
        .put("passwordAuth", "Enabled");
    boolean alone = server.highAvailability().equals(FlexibleServer.NO_HIGH_AVAILABILITY);
    properties
        .putObject("highAvailability")
        .put("mode", server.highAvailability())
        .put("state", alone ? "NotEnabled" : "Healthy");
    return document;
  }

  ObjectNode backup(FlexibleServer server, BaseBackup backup) {
    ObjectNode document = child(server, "backups", backup.name());
    document
        .putObject("properties")
        .put("backupType", "Full")
        .put("completedTime", backup.completed().toString())
        .put("source", "Automatic");
    return document;
  }

  ObjectNode firewallRule(FlexibleServer server, String name, IpRange range) {
    ObjectNode document = child(server, "firewallRules", name);
    document
        .putObject("properties")
        .put("startIpAddress", range.start())
        .put("endIpAddress", range.end());
    return document;
  }

  ObjectNode configuration(FlexibleServer server, Parameter parameter) {
    ObjectNode document = child(server, "configurations", parameter.name());
    String set = server.parameters().get(parameter.name());
    ObjectNode properties = document.putObject("properties");
    properties.put("value", set == null ? parameter.preset() : set);
    properties.put("defaultValue", parameter.preset());
    properties.put("source", set == null ? "system-default" : "user-override");
    properties.put("dataType", parameter.type());
    if (parameter.allowed() != null) {
      properties.put("allowedValues", parameter.allowed());
    }
    properties.put("description", parameter.description());
    properties.put("isDynamicConfig", parameter.dynamic());
    properties.put("isReadOnly", parameter.readOnly());
    properties.put("isConfigPendingRestart", server.pending().contains(parameter.name()));
    return document;
  }
}
