package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.configuration.ConnectionSecret;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.AccessRights;
import io.arbitex.recovery.executors.kubernetes.AccessRights.Right;
import io.arbitex.recovery.executors.kubernetes.ClusterAccess;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaleRivals;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The secret as a key of a Kubernetes Secret. What was there before the incident is kept under a
 * second key of the same Secret, which is as secret as the first.
 */
final class ClusterSecret implements PlatformSecret {
  /**
   * Ends the name of the key with the old value; no name of a variable, so no pod gets it by env.
   */
  static final String KEPT = ".before-recovery";

  /** Kind of the object by which External Secrets copies a vault to a Secret. */
  private static final String FROM_VAULT = "ExternalSecret";

  private final Kubernetes kubernetes;
  private final ConnectionSecret.InCluster place;
  private final boolean vaultFirst;

  /**
   * @param vaultFirst whether a vault is written before it: then whoever copies it from there may
   *     keep it
   */
  ClusterSecret(Kubernetes kubernetes, ConnectionSecret.InCluster place, boolean vaultFirst) {
    this.kubernetes = kubernetes;
    this.place = place;
    this.vaultFirst = vaultFirst;
  }

  private interface Work<T> {
    T on(ClusterSession session, OwnedObject secret) throws ActionFailure, InterruptedException;
  }

  private <T> T within(Work<T> work) throws ActionFailure, InterruptedException {
    try (ClusterSession session = new ClusterAccess(kubernetes).open()) {
      return work.on(session, new OwnedObject(session, ObjectKind.SECRET, place.secret()));
    }
  }

  @Override
  public Optional<String> read() throws ActionFailure, InterruptedException {
    return within((session, secret) -> secret.find().flatMap(found -> value(found, place.key())));
  }

  @Override
  public void probe() throws ActionFailure, InterruptedException {
    within(
        (session, secret) -> {
          new AccessRights(
                  session,
                  List.of(Right.to("get", ObjectKind.SECRET), Right.to("patch", ObjectKind.SECRET)))
              .refuseIfMissing();
          GenericKubernetesResource found = secret.read();
          if (Boolean.TRUE.equals(found.getAdditionalProperties().get("immutable"))) {
            throw refused(
                secret + " is immutable", "Make one that can be changed; the recovery patches it.");
          }
          List<OwnerReference> owners = found.getMetadata().getOwnerReferences();
          boolean copied =
              vaultFirst
                  && owners != null
                  && owners.stream().allMatch(each -> FROM_VAULT.equals(each.getKind()));
          if (owners != null && !owners.isEmpty() && !copied) {
            throw refused(
                secret
                    + " is kept by "
                    + owners.get(0).getKind()
                    + " "
                    + owners.get(0).getName()
                    + ", which would write the old connection over the new one",
                "Pause it for the time of the recovery, or let the platform read its connection from"
                    + " a Secret of its own.");
          }
          if (value(found, place.key()).isEmpty()) {
            throw refused(
                secret + " has no key " + place.key(),
                "See whether 'connectionSecret' of the inventory names the right one.");
          }
          new ScaleRivals(session).refuseGitOps(found);
          OwnedObject.owner(found);
          return null;
        });
  }

  @Override
  public void claim(ActionContext context) throws ActionFailure, InterruptedException {
    within(
        (session, secret) -> {
          secret.claim(context);
          return null;
        });
  }

  @Override
  public void replace(ActionContext context, String content, Predicate<String> keep)
      throws ActionFailure, InterruptedException {
    String incident = context.command().getIncidentId();
    OwnerMark mine = OwnerMark.of(context);
    within(
        (session, secret) -> {
          secret.change(
              context,
              (read, patch) -> {
                refuseIfClaimedAgain(mine, read);
                Optional<String> old = value(read, place.key()).filter(keep);
                if (old.isPresent()) {
                  put(patch, place.key() + KEPT, old.get());
                  patch.note(RecoveryNotes.KEPT_BEFORE, incident);
                }
                put(patch, place.key(), content);
                return true;
              });
          return null;
        });
  }

  @Override
  public Optional<String> kept(ActionContext context) throws ActionFailure, InterruptedException {
    String incident = context.command().getIncidentId();
    return within(
        (session, secret) ->
            secret
                .find()
                .filter(
                    found ->
                        OwnedObject.note(found, RecoveryNotes.KEPT_BEFORE)
                            .equals(Optional.of(incident)))
                .flatMap(found -> value(found, place.key() + KEPT)));
  }

  private static void refuseIfClaimedAgain(OwnerMark mine, GenericKubernetesResource read)
      throws ActionFailure {
    Optional<OwnerMark> found = OwnedObject.owner(read);
    if (!found.equals(Optional.of(mine))) {
      throw PlatformSecret.claimedByOther(
          "the connection secret is claimed by "
              + found.map(OwnerMark::text).orElse("nobody any more")
              + "; ours is "
              + mine.text(),
          "Nothing, when that command goes on; else take the annotation "
              + RecoveryNotes.OWNER
              + " off and retry.",
          null);
    }
  }

  private static Optional<String> value(GenericKubernetesResource secret, String key) {
    return secret.get("data", key) instanceof String encoded
        ? Optional.of(
            new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).strip())
        : Optional.empty();
  }

  private static void put(OwnedObject.Patch patch, String key, String value) {
    patch
        .at("/data")
        .put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
