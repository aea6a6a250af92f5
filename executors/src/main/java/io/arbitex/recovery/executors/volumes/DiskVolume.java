package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
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
   * @param labels of the claim
   * @param fileSystem of the disk; empty for the usual one
   */
  void bind(
      ActionContext context,
      List<String> modes,
      Map<String, String> labels,
      Optional<String> fileSystem)
      throws ActionFailure, InterruptedException {
    PersistentVolume made = volume(context, modes, fileSystem);
    session.makeOnce(
        "create persistentvolumes", client -> client.persistentVolumes().resource(made).create());
    PersistentVolumeClaim wanted = claim(context, modes, labels);
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
      ActionContext context, List<String> modes, Optional<String> fileSystem) {
    PersistentVolume made =
        new PersistentVolumeBuilder()
            .withMetadata(meta(context, volume, Map.of()))
            .withNewSpec()
            .withCapacity(Map.of("storage", new Quantity(context.required(VolumeFacts.CAPACITY))))
            .withAccessModes(modes)
            .withPersistentVolumeReclaimPolicy("Retain")
            .withStorageClassName("")
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
      ActionContext context, List<String> modes, Map<String, String> labels) {
    return new PersistentVolumeClaimBuilder()
        .withMetadata(meta(context, claim, labels))
        .withNewSpec()
        .withAccessModes(modes)
        // Empty, not absent: the default class would make a new, empty volume.
        .withStorageClassName("")
        .withVolumeName(volume)
        .withNewResources()
        .withRequests(Map.of("storage", new Quantity(context.required(VolumeFacts.CAPACITY))))
        .endResources()
        .endSpec()
        .build();
  }

  private ObjectMeta meta(ActionContext context, String name, Map<String, String> labels) {
    ObjectMeta meta = new ObjectMeta();
    meta.setName(name);
    meta.setLabels(labels);
    meta.setAnnotations(
        Map.of(
            RecoveryNotes.COMMAND,
            context.command().getCommandId(),
            RecoveryNotes.TOKEN,
            Long.toString(context.token())));
    return meta;
  }

  /** Whether one of them is there and was made by this command. */
  boolean exists(ActionContext context) throws ActionFailure, InterruptedException {
    return ourClaim(context).isPresent() || ourVolume(context).isPresent();
  }

  /** Deletes what of them this command made; the disk stays. */
  void remove(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<PersistentVolumeClaim> ours = ourClaim(context);
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
      awaitGone(context);
    }
    if (ourVolume(context).isPresent()) {
      session.find(
          "delete persistentvolumes/" + volume,
          client -> client.persistentVolumes().withName(volume).delete());
    }
  }

  private void awaitGone(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> left =
        Patience.await(
            context,
            END,
            () ->
                ourClaim(context).isEmpty()
                    ? Optional.empty()
                    : Optional.of(ClaimAndVolume.users(session, claim).toString()));
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.TOOL_FAILED,
          "the claim " + claim + " does not go away; pods have it: " + left.get(),
          "End these pods.");
    }
  }

  private Optional<PersistentVolumeClaim> ourClaim(ActionContext context)
      throws ActionFailure, InterruptedException {
    return ClaimAndVolume.claim(session, claim).filter(each -> isOurs(context, each.getMetadata()));
  }

  private Optional<PersistentVolume> ourVolume(ActionContext context)
      throws ActionFailure, InterruptedException {
    return ClaimAndVolume.volume(session, volume)
        .filter(each -> isOurs(context, each.getMetadata()));
  }

  private static boolean isOurs(ActionContext context, ObjectMeta meta) {
    return meta.getAnnotations() != null
        && context
            .command()
            .getCommandId()
            .equals(meta.getAnnotations().get(RecoveryNotes.COMMAND));
  }
}
