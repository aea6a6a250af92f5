package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The backup extension of the target, which does the vault's work there. It has to look into the
 * same container as that of the lost cluster, where the backups' objects are.
 */
final class InstallExtension extends ClusterAction {
  static final String NAME = "azure-aks-backup";

  private static final String TYPE = "Microsoft.DataProtection.Kubernetes";
  private static final String NAMESPACE = "dataprotection-microsoft";
  private static final String PLACE = "configuration.backupStorageLocation.";

  InstallExtension(ClusterTarget target) {
    super(
        target,
        "install-extension",
        "install the backup extension in the cluster",
        true,
        Duration.ofMinutes(20));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<JsonNode> found = find(context);
    if (found.isEmpty()) {
      return Look.notYet("the cluster has no backup extension");
    }
    if (!isRight(found.get())) {
      return Look.notYet("the backup extension looks into another container");
    }
    return state(found.get()).equals("Succeeded")
        ? Look.alreadySo(Map.of(ClusterFacts.EXTENSION, NAME + " is installed"))
        : Look.notYet("the backup extension is " + state(found.get()));
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    String cluster = target.name(context);
    String doing = "install the backup extension of " + cluster;
    Optional<JsonNode> found = find(context);
    if (found.isEmpty() || !isRight(found.get()) || isSettled(found.get())) {
      ClusterTarget.refuseUnlessAllowed(context);
      OperationWait.end(
          context, clusters.azure(), clusters.beginExtension(cluster, NAME, wanted()), doing);
    }
    Pace pace = new Pace();
    while (true) {
      found = find(context);
      if (found.filter(it -> state(it).equals("Succeeded")).isPresent()) {
        return;
      }
      if (found.filter(it -> state(it).equals("Failed")).isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED,
            "Azure could not " + doing + ": it is Failed",
            "See the extension of the cluster in Azure, and the pods of its namespace "
                + NAMESPACE
                + ".");
      }
      pace.pause(context, doing);
    }
  }

  private Optional<JsonNode> find(ActionContext context)
      throws ActionFailure, InterruptedException {
    return target.clusters(context).extension(target.name(context), NAME);
  }

  private static String state(JsonNode extension) {
    return extension.at("/properties/provisioningState").asText();
  }

  private static boolean isSettled(JsonNode extension) {
    return state(extension).equals("Succeeded") || state(extension).equals("Failed");
  }

  private Map<String, String> place() {
    Map<String, String> place = new LinkedHashMap<>();
    place.put(PLACE + "bucket", target.requiredBackup().container());
    place.put(PLACE + "config.storageAccount", target.requiredBackup().storageAccount());
    place.put(PLACE + "config.resourceGroup", target.requiredBackup().storageGroup());
    place.put(PLACE + "config.subscriptionId", target.azure().subscription());
    return place;
  }

  private boolean isRight(JsonNode extension) {
    JsonNode settings = extension.at("/properties/configurationSettings");
    return place().entrySet().stream()
        .allMatch(each -> settings.path(each.getKey()).asText().equals(each.getValue()));
  }

  private ObjectNode wanted() {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    ObjectNode properties =
        wanted
            .putObject("properties")
            .put("extensionType", TYPE)
            .put("autoUpgradeMinorVersion", true)
            .put("releaseTrain", "stable");
    properties.putObject("scope").putObject("cluster").put("releaseNamespace", NAMESPACE);
    ObjectNode settings = properties.putObject("configurationSettings");
    place().forEach(settings::put);
    settings.put("credentials.tenantId", target.azure().tenant());
    return wanted;
  }
}
