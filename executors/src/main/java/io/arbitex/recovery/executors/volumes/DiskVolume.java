package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeNodeAffinityBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A volume of a restored disk, and the claim that it is reserved for. The volume is made first and
 * names its claim, so that no other claim can take it; it is never deleted with its claim.
 */
final class DiskVolume {
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final Duration BIND = Duration.ofMinutes(2);
  private static final Duration END = Duration.ofMinutes(3);

  private final ClusterSession session;
  private final DiskStore store;
  private final String volume;
  private final String claim;

  /**
   * @param volume the name of the volume
   * @param claim the name of the claim
   */
  DiskVolume(ClusterSession session, DiskStore store, String volume, String claim) {
    this.session = session;
    this.store = store;
    this.volume = volume;
    this.claim = claim;
  }

  /**
   * Makes both, where they are not there, and waits until they are bound.
   *
   * @param modes of access
   * @param like labels and annotations of the claim
   * @param storageClass of the claim that it replaces, whose class cannot be changed and says
   *     whether it may grow; empty, not absent, for none: the default class would make a new, empty
   *     volume
   * @param fileSystem of the disk; empty for the usual one
   */
  void bind(
      ActionContext context,
      List<String> modes,
      ObjectMeta like,
      String storageClass,
      Optional<String> fileSystem)
      throws ActionFailure, InterruptedException {
    PersistentVolume made = volume(context, modes, storageClass, fileSystem);
    session.makeOnce(
        "create persistentvolumes", client -> client.persistentVolumes().resource(made).create());
    forgetClaimBefore(context);
    PersistentVolumeClaim wanted = claim(context, modes, like, storageClass);
    session.makeOnce(
        "create persistentvolumeclaims",
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(session.namespace())
                .resource(wanted)
                .create());
    Optional<String> missing =
        Patience.await(
            context,
            BIND,
            () -> {
              ClaimAndVolume now = ClaimAndVolume.read(session, claim);
              return now.isBound() && now.isFor(volume)
                  ? Optional.empty()
                  : Optional.of(
                      now.phase()
                          + " with "
                          + now.claim()
                              .map(each -> each.getSpec().getVolumeName())
                              .orElse("no volume"));
            });
    if (missing.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.TOOL_FAILED,
          "the claim " + claim + " is not bound to the volume " + volume + ": " + missing.get(),
          "See 'kubectl describe pvc " + claim + "'.");
    }
  }

  private PersistentVolume volume(
      ActionContext context, List<String> modes, String storageClass, Optional<String> fileSystem) {
    PersistentVolume made =
        new PersistentVolumeBuilder()
            .withMetadata(meta(context, volume, claimBefore(context)))
            .withNewSpec()
            .withCapacity(Map.of("storage", new Quantity(context.required(VolumeFacts.CAPACITY))))
            .withAccessModes(modes)
            .withPersistentVolumeReclaimPolicy("Retain")
            .withStorageClassName(storageClass)
            .withNewClaimRef()
            .withApiVersion("v1")
            .withKind("PersistentVolumeClaim")
            .withNamespace(session.namespace())
            .withName(claim)
            .endClaimRef()
            .endSpec()
            .build();
    store.place(made.getSpec(), context.required(VolumeFacts.DISK_ID));
    if (made.getSpec().getCsi() != null) {
      fileSystem.ifPresent(made.getSpec().getCsi()::setFsType);
    }
    String zones = context.fact(VolumeFacts.ZONES).orElse("");
    if (!zones.isEmpty()) {
      made.getSpec()
          .setNodeAffinity(
              new VolumeNodeAffinityBuilder()
                  .withNewRequired()
                  .addNewNodeSelectorTerm()
                  .addNewMatchExpression()
                  .withKey(ZONE)
                  .withOperator("In")
                  .withValues(zones.split(",", -1))
                  .endMatchExpression()
                  .endNodeSelectorTerm()
                  .endRequired()
                  .build());
    }
    return made;
  }

  private PersistentVolumeClaim claim(
      ActionContext context, List<String> modes, ObjectMeta like, String storageClass) {
    return new PersistentVolumeClaimBuilder()
        .withMetadata(meta(context, claim, like))
        .withNewSpec()
        .withAccessModes(modes)
        .withStorageClassName(storageClass)
        .withVolumeName(volume)
        .withNewResources()
        .withRequests(Map.of("storage", new Quantity(context.required(VolumeFacts.CAPACITY))))
        .endResources()
        .endSpec()
        .build();
  }

  /** For a later attempt: where the old volume is gone, nothing else keeps it. */
  private static ObjectMeta claimBefore(ActionContext context) {
    ObjectMeta meta = new ObjectMeta();
    context
        .fact(VolumeFacts.OLD_CLAIM)
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> meta.setAnnotations(Map.of(RecoveryNotes.CLAIM_BEFORE, text)));
    return meta;
  }

  private static ObjectMeta meta(ActionContext context, String name, ObjectMeta like) {
    Map<String, String> notes = new LinkedHashMap<>();
    if (like.getAnnotations() != null) {
      notes.putAll(like.getAnnotations());
    }
    notes.put(RecoveryNotes.COMMAND, context.command().getCommandId());
    notes.put(RecoveryNotes.TOKEN, Long.toString(context.token()));
    ObjectMeta meta = new ObjectMeta();
    meta.setName(name);
    meta.setLabels(like.getLabels());
    meta.setAnnotations(notes);
    return meta;
  }

  /**
   * An earlier attempt may have left the volume without its claim: it remembers that very claim and
   * would take no other.
   */
  private void forgetClaimBefore(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<PersistentVolume> left = ClaimAndVolume.volume(session, volume);
    if (left.filter(each -> isOurs(each.getMetadata())).isPresent()) {
      ClaimAndVolume.letGo(context, session, volume, claim);
    }
  }

  /** Whether one of them is there and was made by a recovery, for this disk. */
  boolean exists() throws ActionFailure, InterruptedException {
    return ourClaim().isPresent() || ourVolume().isPresent();
  }

  /**
   * Deletes what of them a recovery made, and waits until it is gone; the disk stays. A volume that
   * is gone has let go of its disk.
   */
  void remove(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<PersistentVolumeClaim> ours = ourClaim();
    if (ours.isPresent()) {
      session.find(
          "delete persistentvolumeclaims/" + claim,
          client ->
              client
                  .persistentVolumeClaims()
                  .inNamespace(session.namespace())
                  .resource(ours.get())
                  .lockResourceVersion(ours.get().getMetadata().getResourceVersion())
                  .delete());
      awaitGone(
          context,
          () ->
              ourClaim().isEmpty()
                  ? Optional.empty()
                  : Optional.of(
                      "the claim "
                          + claim
                          + " does not go away; pods have it: "
                          + ClaimAndVolume.users(session, claim)));
    }
    Optional<PersistentVolume> made = ourVolume();
    if (made.isPresent()) {
      refuseIfBound(made.get());
      session.find(
          "delete persistentvolumes/" + volume,
          client ->
              client
                  .persistentVolumes()
                  .resource(made.get())
                  .lockResourceVersion(made.get().getMetadata().getResourceVersion())
                  .delete());
      awaitGone(
          context,
          () ->
              ourVolume().isEmpty()
                  ? Optional.empty()
                  : Optional.of("the volume " + volume + " does not go away"));
    }
  }

  /** Somebody who stood still until now must not take away what a claim has got meanwhile. */
  private void refuseIfBound(PersistentVolume made) throws ActionFailure, InterruptedException {
    if (ClaimAndVolume.read(session, claim).isFor(volume)) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the claim "
              + claim
              + " has the volume "
              + made.getMetadata().getName()
              + ", which was to be deleted",
          "See which attempt made it.");
    }
  }

  private static void awaitGone(ActionContext context, Patience.Lack lack)
      throws ActionFailure, InterruptedException {
    Optional<String> left = Patience.await(context, END, lack);
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.TOOL_FAILED,
          left.get(),
          "See who has it, and whether the node that has its disk attached is alive.");
    }
  }

  /** By its volume too: a claim of that name may be the one that was there before. */
  private Optional<PersistentVolumeClaim> ourClaim() throws ActionFailure, InterruptedException {
    return ClaimAndVolume.claim(session, claim)
        .filter(each -> volume.equals(each.getSpec().getVolumeName()))
        .filter(each -> isOurs(each.getMetadata()));
  }

  private Optional<PersistentVolume> ourVolume() throws ActionFailure, InterruptedException {
    return ClaimAndVolume.volume(session, volume).filter(each -> isOurs(each.getMetadata()));
  }

  /** Of whichever attempt: the name says from which restore the disk is. */
  private static boolean isOurs(ObjectMeta meta) {
    return meta.getAnnotations() != null
        && meta.getAnnotations().containsKey(RecoveryNotes.COMMAND);
  }
}
