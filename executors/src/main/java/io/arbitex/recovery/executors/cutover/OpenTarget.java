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
import io.arbitex.recovery.record.FailureCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The platform's role may connect to the target and has its rights there. It still has no password
 * that anybody knows: that comes with the switch. From here on the mark says SERVING, so that no
 * clean-up of a late restore can drop the database.
 */
final class OpenTarget extends BoundAction {
  private final CutoverSettings settings;

  OpenTarget(CutoverSettings settings) {
    super(
        "open-target",
        "open the target to the platform's role",
        true,
        Duration.ofMinutes(2),
        RetryPolicy.upTo(5, Duration.ofMillis(500), Duration.ofSeconds(10)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    MarkedDatabase target = settings.target(context);
    try (Connection maintenance = target.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      boolean ours =
          target
              .find(maintenance)
              .flatMap(MarkedDatabase.Found::mark)
              .filter(mark -> mark.reached(DatabaseMark.Stage.SERVING))
              .filter(
                  mark ->
                      mark.isOf(context.command().getCommandId())
                          || CutoverSettings.alreadyCutOver(context))
              .isPresent();
      return ours && door(maintenance, target).open()
          ? Look.alreadySo()
          : Look.notYet("the target is not open to the platform's role");
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase target = settings.target(context);
    try {
      target.guarded(
          context.remaining(),
          context.token(),
          maintenance -> {
            DatabaseMark mark =
                target
                    .find(maintenance)
                    .flatMap(MarkedDatabase.Found::mark)
                    .filter(found -> found.reached(DatabaseMark.Stage.PROVEN))
                    .orElseThrow(() -> unproven(target));
            target.mark(
                maintenance,
                new DatabaseMark(
                    context.command().getCommandId(),
                    context.token(),
                    DatabaseMark.Stage.SERVING,
                    CutoverFacts.withFence(mark.facts(), context.facts())));
            TargetDoor door = door(maintenance, target);
            door.letIn();
            try (Connection inside = target.door().open(target.name(), context.remaining())) {
              if (door.grantRightsIfNone(inside)) {
                context.progress("the dump brought no rights for the platform's role: plain ones");
              }
            }
          });
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name() + ": open " + target.name(), e);
    }
  }

  private TargetDoor door(Connection maintenance, MarkedDatabase target) {
    return new TargetDoor(maintenance, settings.postgresql().applicationRole(), target.name());
  }

  private static ActionFailure unproven(MarkedDatabase target) {
    return ActionFailure.permanent(
        FailureCode.PREFLIGHT,
        "the database " + target.name() + " is no longer marked as proven",
        "See who changed it; nothing was cut over.");
  }
}
