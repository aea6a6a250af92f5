package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.BackupVault;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Preflight: the vault protects the lost cluster, and what it has of it can be restored. */
final class CheckProtection extends ClusterAction {
  /** States in which recovery points can be restored; the last backup may have failed. */
  private static final Set<String> USABLE =
      Set.of(
          "ProtectionConfigured",
          "ProtectionError",
          "ProtectionStopped",
          "BackupsSuspended",
          "RetentionSuspended");

  CheckProtection(ClusterTarget target) {
    super(target, "check-backup", "check the backup of the cluster", false, Duration.ofMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    BackupVault vault = target.vault(context);
    String name =
        target.requiredBackup().instance() + " of the vault " + target.requiredBackup().vault();
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
    if (!of.equalsIgnoreCase(target.clusters(context).id(ClusterTarget.source(context)))) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the backup instance " + name + " is of another cluster than the lost one: " + of,
          "Name the right instance in 'cluster.backup.instance' of the inventory.");
    }
    return Look.alreadySo(Map.of(ClusterFacts.PROTECTION, state));
  }
}
