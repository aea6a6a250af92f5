package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.AccessRights.Right;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a StatefulSet of one replica and its claim are fit to be recovered: everything that can
 * be known before anything is touched.
 */
public final class SetPreflight {
  private final ClusterSession session;
  private final String setName;
  private final String claimName;
  private final String folder;

  /**
   * @param folder at which the set's container must have the claim
   */
  public SetPreflight(ClusterSession session, String setName, String claimName, String folder) {
    this.folder = folder;
    this.session = session;
    this.setName = setName;
    this.claimName = claimName;
  }

  /**
   * Looks at all of it.
   *
   * @return the replicas to come back to
   * @throws ActionFailure when it is not fit, or we may not touch it
   */
  public int check() throws ActionFailure, InterruptedException {
    int replicas = checkSet(AccessRights.forVolume(setName, claimName));
    checkClaim();
    return replicas;
  }

  /**
   * The same for a claim whose volume is gone: it is deleted and made anew, so what it says of
   * itself does not count.
   *
   * @return the replicas to come back to
   * @throws ActionFailure when the set is not fit, or we may not touch set or claim
   */
  public int checkWithoutVolume() throws ActionFailure, InterruptedException {
    List<Right> rights = new ArrayList<>(AccessRights.forVolume(setName, claimName));
    rights.addAll(AccessRights.forNewClaim(claimName));
    return checkSet(rights);
  }

  private int checkSet(List<Right> rights) throws ActionFailure, InterruptedException {
    new AccessRights(session, rights).refuseIfMissing();
    StatefulSet set = new ScaledSet(session, setName).read();
    int replicas = replicas(set);
    var retention = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
    if (retention != null && "Delete".equals(retention.getWhenScaled())) {
      throw refused(
          "scaling " + setName + " down deletes its claim (whenScaled: Delete)",
          "Set persistentVolumeClaimRetentionPolicy.whenScaled to Retain, then retry.");
    }
    new ScaleRivals(session).refuse(set);
    new ClaimMounts(session, claimName).refuse(set, folder);
    return replicas;
  }

  private int replicas(StatefulSet set) throws ActionFailure {
    int wanted = ScaledSet.wanted(set);
    if (wanted == 1) {
      return wanted;
    }
    Optional<String> before = ScaledSet.note(set, RecoveryNotes.REPLICAS);
    if (wanted == 0 && before.isPresent()) {
      return parse(before.get());
    }
    throw refused(
        setName + " wants " + wanted + " replicas" + (wanted == 0 ? ", and not by a recovery" : ""),
        wanted == 0
            ? "See who scaled it down and why; scale it to 1 when it may run again."
            : "Only a Redis of one replica is recovered here: others have a replication to look"
                + " after.");
  }

  /**
   * Reads the annotation with the old number of replicas.
   *
   * @throws ActionFailure PREFLIGHT when it holds something else
   */
  public static int parse(String replicas) throws ActionFailure {
    try {
      int read = Integer.parseInt(replicas);
      if (read > 0) {
        return read;
      }
    } catch (NumberFormatException e) {
      // Told below, together with numbers that are none we would write.
    }
    throw refused(
        "the annotation " + RecoveryNotes.REPLICAS + " says '" + replicas + "'",
        "See who changed it; set it to the number of replicas to come back to.");
  }

  private void checkClaim() throws ActionFailure, InterruptedException {
    PersistentVolumeClaim claim =
        session
            .find(
                "get persistentvolumeclaims/" + claimName,
                client ->
                    client
                        .persistentVolumeClaims()
                        .inNamespace(session.namespace())
                        .withName(claimName)
                        .get())
            .orElseThrow(
                () ->
                    refused(
                        "there is no claim " + claimName + " in " + session.namespace(),
                        "A lost volume is restored first (runbook, section 3); see also whether"
                            + " 'claim' of the inventory is its name."));
    String phase = claim.getStatus() == null ? "" : claim.getStatus().getPhase();
    if (claim.getMetadata().getDeletionTimestamp() != null) {
      throw refused(
          "the claim "
              + claimName
              + " is being deleted, and goes when its pods have ended: "
              + ClaimAndVolume.users(session, claimName),
          "End these pods, see who deleted the claim, and make it again; then retry.");
    }
    boolean waitsForPod =
        "Pending".equals(phase)
            && OwnedObject.note(claim, RecoveryNotes.MADE_EMPTY).isPresent()
            && isEmpty(claim.getSpec().getVolumeName());
    if (!"Bound".equals(phase) && !waitsForPod) {
      throw refused(
          "the claim " + claimName + " is " + (isEmpty(phase) ? "not bound" : phase),
          "See 'kubectl describe pvc "
              + claimName
              + "'; a claim whose volume is gone is replaced"
              + " by redis.rdb and redis.cold.");
    }
    if (claim.getSpec().getAccessModes().contains("ReadWriteOncePod")) {
      throw refused(
          "the claim " + claimName + " lets in one pod only (ReadWriteOncePod)",
          "A second pod must work on it beside Redis: use ReadWriteOnce.");
    }
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
