package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Optional;

/**
 * The annotation that says whose data is being moved on the volume. It is set before the first file
 * is moved, and outlives the command: a Redis is not started, and no other cutover is begun, on
 * data that is half in the one place and half in the other.
 */
final class MoveNote {
  private final ScaledSet set;
  private final Staging staging;

  MoveNote(ScaledSet set, Staging staging) {
    this.set = set;
    this.staging = staging;
  }

  static Optional<String> of(StatefulSet read) {
    return ScaledSet.note(read, RecoveryNotes.MOVING);
  }

  boolean isOn(StatefulSet read) {
    return of(read).filter(staging.id()::equals).isPresent();
  }

  /**
   * Refuses a set whose data another cutover has left in the middle of its move. One that was
   * started on it had it moved whole, so its data can be put aside as any other.
   *
   * @throws ActionFailure PREFLIGHT saying how to mend it
   */
  void refuseForeign(StatefulSet read) throws ActionFailure {
    Optional<String> found = of(read);
    if (found.isEmpty()
        || isOn(read)
        || found.equals(ScaledSet.note(read, RecoveryNotes.STARTED_FROM))) {
      return;
    }
    throw leftInTheMiddle(read, found.get());
  }

  /** The failure for a person: nothing here may start it or move its data any more. */
  ActionFailure leftInTheMiddle(StatefulSet read, String moving) {
    Staging other = Staging.onVolume(staging.target(), moving);
    String name = read.getMetadata().getName();
    return ActionFailure.permanent(
        FailureCode.PREFLIGHT,
        "the data of "
            + name
            + " was left in the middle of a move by an earlier cutover (annotation "
            + RecoveryNotes.MOVING
            + ": "
            + moving
            + "), so nothing is moved or started on it",
        "Retry that cutover, which goes on or undoes it. Or by hand, with "
            + name
            + " at 0: put what is in "
            + staging.target().redis().dataFolder()
            + " aside, move what is in "
            + other.oldData()
            + " back there, delete the file "
            + other.folder()
            + "/state, then 'kubectl annotate statefulset "
            + name
            + " "
            + RecoveryNotes.MOVING
            + "-'.");
  }

  void set(ActionContext context) throws ActionFailure, InterruptedException {
    OwnerMark mine = OwnerMark.of(context);
    set.change(
        context,
        (read, patch) -> {
          refuseForeign(read);
          patch.note(RecoveryNotes.MOVING, staging.id()).note(RecoveryNotes.OWNER, mine.text());
          // Of an earlier start on the same staging: what is moved now is not whole by that.
          patch.without(RecoveryNotes.STARTED_FROM);
          return !isOn(read);
        });
  }

  void clear(ActionContext context) throws ActionFailure, InterruptedException {
    OwnerMark mine = OwnerMark.of(context);
    set.change(
        context,
        (read, patch) -> {
          patch.without(RecoveryNotes.MOVING).note(RecoveryNotes.OWNER, mine.text());
          return isOn(read);
        });
  }
}
