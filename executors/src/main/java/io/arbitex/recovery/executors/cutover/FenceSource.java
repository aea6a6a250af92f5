package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Times;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * Never two writable authorities: the platform's role can no longer log in to the source and has no
 * session there. A source that cannot be reached is fenced by the new credentials alone, since the
 * platform will hold no others; that is said in the facts.
 */
final class FenceSource extends BoundAction {
  private final CutoverSettings settings;
  private final ReturnedSource returned;

  FenceSource(CutoverSettings settings) {
    super(
        "fence-source",
        "close the source to the platform",
        true,
        Duration.ofMinutes(2),
        RetryPolicy.upTo(8, Duration.ofMillis(250), Duration.ofSeconds(5)));
    this.settings = settings;
    this.returned = new ReturnedSource(settings);
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    if (CutoverSettings.alreadyCutOver(context)) {
      return Look.alreadySo();
    }
    CutoverSettings.Source source = settings.source(context);
    try (Connection maintenance = source.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      SourceFence fence = settings.fence(context, maintenance);
      if (!fence.closed()) {
        return Look.notYet("the platform's role may still log in to the source");
      }
      long sessions = fence.sessions();
      return sessions == 0
          ? Look.alreadySo(
              Map.of(
                  CutoverFacts.FENCE,
                  "closed, no session is left",
                  CutoverFacts.FENCED_AT,
                  Times.now(context.clock()).toString()))
          : Look.notYet(sessions + " sessions of the platform's role are still open");
    } catch (SQLException e) {
      return unreachable(context, source, e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    returned.refuseIfSound(context);
    settings.closeSource(context);
  }

  private Look unreachable(ActionContext context, CutoverSettings.Source source, SQLException error)
      throws ActionFailure {
    // A hung server that a person gave up is fenced like one that is away.
    boolean hung =
        PostgresErrors.diagnose(error).symptom() == Symptom.HUNG && SourceJudge.mayLive(context);
    if (SourceJudge.noConnection(error) || hung) {
      return Look.alreadySo(
          Map.of(
              CutoverFacts.FENCE,
              "the source is unreachable; "
                  + (settings.writers().isPresent()
                      ? "no writer runs, and they come back with new credentials"
                      : "the new credentials are the fence")
                  + "; close it when it comes back"));
    }
    ActionFailure failure = DatabaseFailures.of(source.door().server().name(), error);
    throw new ActionFailure(
        failure.code() == FailureCode.UNKNOWN ? FailureCode.PREFLIGHT : failure.code(),
        "the source lives but cannot be fenced: " + failure.getMessage(),
        failure.hint(),
        failure.retryable(),
        error);
  }
}
