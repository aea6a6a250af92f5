package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Preflight: the disk is there, no later cutover has happened, and no StatefulSet would delete its
 * claims when it is stopped. What stands behind the claim now is kept, so that it can be put back.
 */
final class CheckVolume extends VolumeAction {
  CheckVolume(VolumeTarget target) {
    super(
        target,
        "check-volume",
        "check the restored disk and the claim that it is for",
        false,
        Duration.ofMinutes(3));
  }

  /** Whether an earlier attempt has done this very cutover. */
  static boolean alreadyCutOver(ActionContext context) {
    return context.fact(VolumeFacts.ALREADY).filter("true"::equals).isPresent();
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String disk = context.required(VolumeFacts.DISK);
    if (target.store().find(context, disk).filter(MadeDisk::ready).isEmpty()) {
      throw refused(
          "there is no disk " + disk + " that is ready",
          "Let a restore make one and pass its proof first.");
    }
    refuseDeletedClaims(session);
    ClaimAndVolume now = ClaimAndVolume.read(session, target.volume().claim());
    long epoch = Long.parseLong(context.required(VolumeFacts.SOURCE_EPOCH));
    long known = target.bound().get().map(Bound::epoch).orElse(epoch);
    boolean already = now.isBound() && now.isFor(disk) && target.workloads().running().isPresent();
    if (!already && known > epoch) {
      throw refused(
          "a later cutover has happened: the binding is at epoch "
              + known
              + ", the command was made for "
              + epoch,
          "Nothing, if that cutover was right.");
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(VolumeFacts.ALREADY, Boolean.toString(already));
    facts.put(VolumeFacts.EPOCH, Long.toString(already && known > epoch ? known : epoch + 1));
    if (!now.isFor(disk)) {
      Optional<PersistentVolumeClaim> claim = now.claim();
      facts.put(
          VolumeFacts.OLD_VOLUME, claim.map(found -> found.getSpec().getVolumeName()).orElse(""));
      facts.put(VolumeFacts.OLD_CLAIM, claim.map(OldClaim::text).orElse(""));
    }
    return Look.alreadySo(facts);
  }

  private void refuseDeletedClaims(ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (StatefulSet set :
        session.ask(
            "list statefulsets.apps",
            client ->
                client.apps().statefulSets().inNamespace(session.namespace()).list().getItems())) {
      var retention = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
      String name = set.getMetadata().getName();
      boolean ours =
          target.volume().workloads().stream()
              .anyMatch(each -> each.toString().equals("statefulset/" + name));
      if (ours && retention != null && "Delete".equals(retention.getWhenScaled())) {
        throw refused(
            "scaling " + name + " down deletes its claims (whenScaled: Delete)",
            "Set persistentVolumeClaimRetentionPolicy.whenScaled to Retain, then retry.");
      }
    }
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
