package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Clean-up: the platform gets its source back as it was before this cutover, which did not happen.
 * Only what this command closed is opened.
 */
final class LiftFence extends BoundAction {
  private final CutoverSettings settings;

  LiftFence(CutoverSettings settings) {
    super(
        "lift-fence",
        "open the source to the platform again",
        true,
        Duration.ofMinutes(1),
        RetryPolicy.upTo(5, Duration.ofSeconds(1), Duration.ofSeconds(5)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (context.fact(CutoverFacts.FENCED_ROLE).isEmpty()
        || CutoverSettings.alreadyCutOver(context)) {
      return Look.alreadySo();
    }
    // Never two writable authorities.
    settings.refuseIfSwitched(context);
    CutoverSettings.Source source = settings.source(context);
    try (Connection maintenance = source.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      return settings.fence(context, maintenance).closed()
          ? Look.notYet("the source is closed to the platform")
          : Look.alreadySo();
    } catch (SQLException e) {
      throw DatabaseFailures.of(source.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    CutoverSettings.Source source = settings.source(context);
    try (Connection maintenance = source.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      settings
          .fence(context, maintenance)
          .open(context.fact(CutoverFacts.FENCED_GRANTS).orElse(SourceFence.ROLE));
      if (settings.writers().isPresent()) {
        settings.writers().get().forgetFence(context);
      }
    } catch (SQLException e) {
      throw DatabaseFailures.of(source.door().server().name() + ": lift the fence", e);
    }
  }
}
