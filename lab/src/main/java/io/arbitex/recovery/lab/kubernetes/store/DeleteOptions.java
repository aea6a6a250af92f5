package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * How to delete.
 *
 * @param uid that the object must have; empty for any
 * @param resourceVersion that the object must have; empty for any
 * @param graceSeconds time to end for pods; empty for the pod's own
 */
public record DeleteOptions(
    String uid,
    String resourceVersion,
    Propagation propagation,
    OptionalInt graceSeconds,
    boolean dryRun) {
  /** What becomes of the objects that the deleted one owns. */
  public enum Propagation {
    /** They are deleted afterwards. */
    BACKGROUND,
    /** They are deleted first. */
    FOREGROUND,
    /** They stay. */
    ORPHAN
  }

  public static final DeleteOptions DEFAULT =
      new DeleteOptions("", "", Propagation.BACKGROUND, OptionalInt.empty(), false);

  /** At once, for a pod whose processes have ended. */
  public static final DeleteOptions AT_ONCE =
      new DeleteOptions("", "", Propagation.BACKGROUND, OptionalInt.of(0), false);

  /**
   * Reads a request's body; what it leaves out is as by default.
   *
   * @throws ApiFailure 400 for an unknown policy
   */
  public static DeleteOptions of(JsonNode body) {
    String policy = body.path("propagationPolicy").asText("");
    Propagation propagation = Propagation.BACKGROUND;
    if (!policy.isEmpty()) {
      try {
        propagation = Propagation.valueOf(policy.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw ApiFailure.badRequest("propagationPolicy: unsupported value: \"" + policy + "\"");
      }
    } else if (body.path("orphanDependents").asBoolean(false)) {
      propagation = Propagation.ORPHAN;
    }
    return new DeleteOptions(
        body.at("/preconditions/uid").asText(""),
        body.at("/preconditions/resourceVersion").asText(""),
        propagation,
        body.hasNonNull("gracePeriodSeconds")
            ? OptionalInt.of(body.path("gracePeriodSeconds").asInt())
            : OptionalInt.empty(),
        !body.path("dryRun").isEmpty());
  }

  /** The same in a dry run. */
  public DeleteOptions asDryRun() {
    return new DeleteOptions(uid, resourceVersion, propagation, graceSeconds, true);
  }

  void check(ObjectKey key, JsonNode object) {
    if (!uid.isEmpty() && !uid.equals(Meta.uid(object))) {
      throw ApiFailure.conflict(
          key,
          "Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + Meta.uid(object));
    }
    if (!resourceVersion.isEmpty() && !resourceVersion.equals(Meta.resourceVersion(object))) {
      throw ApiFailure.conflict(
          key,
          "Precondition failed: ResourceVersion in precondition: "
              + resourceVersion
              + ", ResourceVersion in object meta: "
              + Meta.resourceVersion(object));
    }
  }
}
