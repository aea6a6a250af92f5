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
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Clean-up: a target that was opened for a cutover that did not happen is closed again and stays,
 * proven, for the next try.
 */
final class CloseTarget extends BoundAction {
  private final CutoverSettings settings;

  CloseTarget(CutoverSettings settings) {
    super(
        "close-target",
        "close the target again",
        true,
        Duration.ofMinutes(1),
        RetryPolicy.upTo(5, Duration.ofSeconds(1), Duration.ofSeconds(5)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    MarkedDatabase target = settings.target(context);
    try (Connection maintenance = target.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      return opened(context, target, maintenance).isEmpty()
          ? Look.alreadySo()
          : Look.notYet("the target is open for this cutover");
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase target = settings.target(context);
    // Whoever writes there by the secret is not shut out of the only database that has it.
    settings.refuseIfSwitched(context);
    try {
      target.guarded(
          AdminDoor.SHORT,
          context.token(),
          maintenance -> {
            Optional<DatabaseMark> mark = opened(context, target, maintenance);
            if (mark.isPresent()) {
              new TargetDoor(maintenance, settings.postgresql().applicationRole(), target.name())
                  .shutOut();
              target.mark(
                  maintenance,
                  new DatabaseMark(
                      context.command().getCommandId(),
                      context.token(),
                      DatabaseMark.Stage.PROVEN,
                      mark.get().facts()));
            }
          });
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name() + ": close " + target.name(), e);
    }
  }

  private static Optional<DatabaseMark> opened(
      ActionContext context, MarkedDatabase target, Connection maintenance) throws SQLException {
    return target
        .find(maintenance)
        .flatMap(MarkedDatabase.Found::mark)
        .filter(mark -> mark.isOf(context.command().getCommandId()))
        .filter(mark -> mark.reached(DatabaseMark.Stage.SERVING));
  }
}
