package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.writers.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * What an earlier command left in the middle, since its clean-up failed too, becomes this
 * command's: stopped writers, a switched secret, a closed source. So this one's clean-up gives it
 * all back when the source turns out to be sound, before anything else was done.
 */
final class TakeOver extends BoundAction {
  private final CutoverSettings settings;
  private final Writers writers;

  TakeOver(CutoverSettings settings, Writers writers) {
    super(
        "take-over",
        "take over what an earlier attempt left in the middle",
        true,
        Duration.ofMinutes(3),
        RetryPolicy.upTo(8, Duration.ofMillis(500), Duration.ofSeconds(15)));
    this.settings = settings;
    this.writers = writers;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (CutoverSettings.alreadyCutOver(context)) {
      return Look.alreadySo();
    }
    if (writers.heldByAnother(context)) {
      return Look.notYet("an earlier attempt left writers stopped");
    }
    // Its writers may be back while its fence could not be lifted, since the source was away again.
    return context.fact(CutoverFacts.FENCED_ROLE).isEmpty()
            && FenceNote.ofSource(context, writers.fenceNote()).isPresent()
        ? Look.notYet("an earlier attempt left the source closed")
        : Look.alreadySo();
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase target = settings.target(context);
    if (settings.anyNames(target)) {
      context.remember(CutoverFacts.SWITCH_BEGUN, "true");
    }
    Optional<FenceNote> fence = FenceNote.ofSource(context, writers.fenceNote());
    if (fence.isPresent()) {
      if (!fence.get().grants().isEmpty()) {
        context.remember(CutoverFacts.FENCED_GRANTS, fence.get().grants());
      }
      context.remember(CutoverFacts.FENCED_ROLE, settings.postgresql().applicationRole());
    }
    markAsOurs(context, target);
    writers.takeOver(context);
    context.progress("goes on where an earlier attempt stopped, whose clean-up failed");
  }

  /** Only a target that carries our mark is closed again by our clean-up. */
  private static void markAsOurs(ActionContext context, MarkedDatabase target)
      throws ActionFailure, InterruptedException {
    try {
      target.guarded(
          AdminDoor.SHORT,
          context.token(),
          maintenance -> {
            Optional<DatabaseMark> mark = serving(target, maintenance);
            if (mark.isPresent()) {
              target.mark(
                  maintenance,
                  new DatabaseMark(
                      context.command().getCommandId(),
                      context.token(),
                      DatabaseMark.Stage.SERVING,
                      mark.get().facts()));
            }
          });
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name() + ": mark " + target.name(), e);
    }
  }

  private static Optional<DatabaseMark> serving(MarkedDatabase target, Connection maintenance)
      throws SQLException {
    return target
        .find(maintenance)
        .flatMap(MarkedDatabase.Found::mark)
        .filter(mark -> mark.reached(DatabaseMark.Stage.SERVING));
  }
}
