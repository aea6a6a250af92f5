package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/**
 * A claim, the volume behind it, and who has it mounted, as the cluster has them now.
 *
 * @param claim empty when there is none
 * @param volume empty when the claim names none, or one that is gone
 */
public record ClaimAndVolume(
    Optional<PersistentVolumeClaim> claim, Optional<PersistentVolume> volume) {
  /** The driver of Azure's disks; another one's handles name something else. */
  private static final String DISKS = "disk.csi.azure.com";

  /** As the cluster has them now. */
  public static ClaimAndVolume read(ClusterSession session, String name)
      throws ActionFailure, InterruptedException {
    Optional<PersistentVolumeClaim> claim = claim(session, name);
    Optional<String> of =
        claim.map(found -> found.getSpec().getVolumeName()).filter(each -> !each.isEmpty());
    return new ClaimAndVolume(claim, of.isEmpty() ? Optional.empty() : volume(session, of.get()));
  }

  /**
   * By a list: of one object alone, an answer that is none of the API server's (404 of a gateway)
   * cannot be told from "there is none".
   */
  public static Optional<PersistentVolumeClaim> claim(ClusterSession session, String name)
      throws ActionFailure, InterruptedException {
    return session
        .ask(
            "list persistentvolumeclaims",
            client ->
                client.persistentVolumeClaims().inNamespace(session.namespace()).list().getItems())
        .stream()
        .filter(each -> each.getMetadata().getName().equals(name))
        .findFirst();
  }

  /** By a list, for the same reason. */
  public static Optional<PersistentVolume> volume(ClusterSession session, String name)
      throws ActionFailure, InterruptedException {
    return volumes(session).stream()
        .filter(each -> each.getMetadata().getName().equals(name))
        .findFirst();
  }

  private static List<PersistentVolume> volumes(ClusterSession session)
      throws ActionFailure, InterruptedException {
    return session.ask(
        "list persistentvolumes", client -> client.persistentVolumes().list().getItems());
  }

  /** Disks of volumes that are kept for the claim, whether it is bound to one of them or not. */
  public static List<String> disksOf(ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    return volumes(session).stream()
        .filter(each -> each.getSpec().getClaimRef() != null)
        .filter(each -> claim.equals(each.getSpec().getClaimRef().getName()))
        .filter(each -> session.namespace().equals(each.getSpec().getClaimRef().getNamespace()))
        // What a recovery has replaced is no longer the component's.
        .filter(each -> OwnedObject.note(each, RecoveryNotes.REPLACED_BY).isEmpty())
        .flatMap(each -> handle(each).stream())
        .toList();
  }

  /** Volumes that only the claim can have, whoever made them, and that no claim has had yet. */
  public static List<String> reservedFor(ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    return volumes(session).stream()
        .filter(each -> each.getSpec().getClaimRef() != null)
        .filter(each -> each.getSpec().getClaimRef().getUid() == null)
        .filter(each -> claim.equals(each.getSpec().getClaimRef().getName()))
        .filter(each -> session.namespace().equals(each.getSpec().getClaimRef().getNamespace()))
        .map(each -> each.getMetadata().getName())
        .toList();
  }

  /** The volume that a recovery has begun to replace by that one; empty for none. */
  public static Optional<PersistentVolume> replacedBy(ClusterSession session, String name)
      throws ActionFailure, InterruptedException {
    return volumes(session).stream()
        .filter(each -> OwnedObject.note(each, RecoveryNotes.REPLACED_BY).equals(Optional.of(name)))
        .findFirst();
  }

  /**
   * Lets a volume forget the claim object that it was bound to, when that is gone, so that a new
   * one of the same name can have it.
   */
  public static void letGo(
      ActionContext context, ClusterSession session, String volume, String claim)
      throws ActionFailure, InterruptedException {
    Optional<String> present = claim(session, claim).map(found -> found.getMetadata().getUid());
    new OwnedObject(session, ObjectKind.VOLUME, volume)
        .change(
            context,
            (read, patch) -> {
              Object uid = read.get("spec", "claimRef", "uid");
              boolean stale =
                  uid != null
                      && !uid.equals(present.orElse(""))
                      && claim.equals(read.get("spec", "claimRef", "name"))
                      && session.namespace().equals(read.get("spec", "claimRef", "namespace"));
              if (stale) {
                patch.at("/spec/claimRef").putNull("uid").putNull("resourceVersion");
              }
              return stale;
            });
  }

  /** Pods that have the claim and have not ended, by their names. */
  public static List<String> users(ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    return session
        .ask(
            "list pods", client -> client.pods().inNamespace(session.namespace()).list().getItems())
        .stream()
        .filter(pod -> has(pod, claim) && !ended(pod))
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }

  /** Whether a pod has the claim. */
  public static boolean has(Pod pod, String claim) {
    return pod.getSpec().getVolumes().stream()
        .filter(each -> each.getPersistentVolumeClaim() != null)
        .anyMatch(each -> claim.equals(each.getPersistentVolumeClaim().getClaimName()));
  }

  private static boolean ended(Pod pod) {
    String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  /** The claim's phase; {@code missing} when there is none, {@code Terminating} on its way out. */
  public String phase() {
    if (claim.isEmpty()) {
      return "missing";
    }
    if (claim.get().getMetadata().getDeletionTimestamp() != null) {
      return "Terminating";
    }
    String phase = claim.get().getStatus() == null ? null : claim.get().getStatus().getPhase();
    return phase == null ? "Pending" : phase;
  }

  /** Whether it is bound to a volume, and not on its way out. */
  public boolean isBound() {
    return phase().equals("Bound");
  }

  /** An annotation of the claim. */
  public Optional<String> note(String annotation) {
    return claim.flatMap(found -> OwnedObject.note(found, annotation));
  }

  /** Whether the claim is one for that volume. */
  public boolean isFor(String volumeName) {
    return claim.filter(found -> volumeName.equals(found.getSpec().getVolumeName())).isPresent();
  }

  /** The file system of a volume's disk; empty where the volume does not say. */
  public static Optional<String> fileSystem(PersistentVolume volume) {
    return Optional.ofNullable(volume.getSpec().getCsi()).map(source -> source.getFsType());
  }

  /** Where Azure has the volume's disk; empty for a volume that is none of its disks. */
  public Optional<String> handle() {
    return volume.flatMap(ClaimAndVolume::handle);
  }

  private static Optional<String> handle(PersistentVolume volume) {
    return Optional.ofNullable(volume.getSpec().getCsi())
        .filter(source -> DISKS.equals(source.getDriver()))
        .map(source -> source.getVolumeHandle());
  }
}
