package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.OperationWait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trusted access: the vault may do its work in the target. */
final class LetVaultIn extends ClusterAction {
  private static final String ROLE = "Microsoft.DataProtection/backupVaults/backup-operator";

  LetVaultIn(ClusterTarget target) {
    super(
        target,
        "let-vault-in",
        "let the backup vault into the cluster",
        true,
        Duration.ofMinutes(10));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<JsonNode> found = find(context);
    return found.filter(LetVaultIn::isDone).isPresent()
        ? Look.alreadySo(
            Map.of(ClusterFacts.TRUST, found.get().path("name").asText() + " lets the vault in"))
        : Look.notYet("the vault is not let into the cluster");
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    String cluster = target.name(context);
    String doing = "let the vault into " + cluster;
    if (find(context).isEmpty()) {
      ClusterTarget.refuseUnlessAllowed(context);
      OperationWait.end(
          context,
          clusters.azure(),
          clusters.beginTrust(
              cluster,
              "recovery-" + ClusterTarget.digest(context.command()),
              target.vault(context).id(),
              ROLE),
          doing);
    }
    Pace pace = new Pace();
    while (find(context).filter(LetVaultIn::isDone).isEmpty()) {
      pace.pause(context, doing);
    }
  }

  private Optional<JsonNode> find(ActionContext context)
      throws ActionFailure, InterruptedException {
    String vault = target.vault(context).id();
    List<JsonNode> all = target.clusters(context).trusted(target.name(context));
    return all.stream()
        .filter(each -> each.at("/properties/sourceResourceId").asText().equalsIgnoreCase(vault))
        .filter(LetVaultIn::hasRole)
        .findFirst();
  }

  private static boolean hasRole(JsonNode binding) {
    for (JsonNode role : binding.at("/properties/roles")) {
      if (role.asText().equalsIgnoreCase(ROLE)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isDone(JsonNode binding) {
    return binding.at("/properties/provisioningState").asText().equals("Succeeded");
  }
}
