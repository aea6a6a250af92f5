package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.configuration.Cluster.VaultSecret;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.BackupVault;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Preflight: Azure answers, the vault protects the lost cluster, a standby that is named is there
 * and nobody else's, the key vault has the secrets, and nobody is in the middle of changing the
 * lost one or has stopped it.
 */
final class CheckCluster extends ClusterAction {
  /** States in which recovery points can be restored; the last backup may have failed. */
  private static final Set<String> USABLE =
      Set.of(
          "ProtectionConfigured",
          "ProtectionError",
          "ProtectionStopped",
          "BackupsSuspended",
          "RetentionSuspended");

  CheckCluster(ClusterTarget target) {
    super(
        target,
        "check-azure",
        "check the backup, the standby and what Azure knows of the lost cluster",
        false,
        Duration.ofMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(ClusterFacts.PROTECTION, protection(context, clusters));
    Optional<ManagedCluster> old = clusters.find(ClusterTarget.source(context));
    if (old.isPresent()) {
      SourceCluster.refuseIfChanging(context, old.get());
      new SourceCluster(target).refuseOther(context, old.get());
    }
    facts.put(
        ClusterFacts.OLD,
        old.map(it -> it.state() + ", " + it.power()).orElse("Azure does not know it any more"));
    Optional<String> standby = target.standby(context);
    if (standby.isPresent()) {
      ClaimStandby.refuseUnfit(context, standby.get(), clusters.find(standby.get()));
    }
    // Before anything is stopped for it.
    for (VaultSecret each : target.cluster().secrets()) {
      VaultContents.read(target.azure(), each);
    }
    return Look.alreadySo(facts);
  }

  private String protection(ActionContext context, ManagedClusters clusters)
      throws ActionFailure, InterruptedException {
    BackupVault vault = target.vault(context);
    String name = target.backup().instance() + " of the vault " + target.backup().vault();
    JsonNode instance =
        vault
            .instance()
            .orElseThrow(
                () ->
                    ActionFailure.permanent(
                        FailureCode.NO_RESTORE_POINT,
                        "there is no backup instance " + name,
                        "See whether it was deleted: the vault may keep it as soft-deleted."));
    String state = instance.at("/properties/currentProtectionState").asText();
    if (!USABLE.contains(state)) {
      throw ActionFailure.permanent(
          FailureCode.NO_RESTORE_POINT,
          "the backup instance " + name + " cannot be restored: it is " + state,
          "See the instance in the vault, and what it says of its protection.");
    }
    String of = RestoreRequest.source(instance);
    if (!of.equalsIgnoreCase(clusters.id(ClusterTarget.source(context)))) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the backup instance " + name + " is of another cluster than the lost one: " + of,
          "Name the right instance in 'cluster.backup.instance' of the inventory.");
    }
    return state;
  }
}
