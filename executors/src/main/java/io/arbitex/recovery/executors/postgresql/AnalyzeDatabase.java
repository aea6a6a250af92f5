package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.FailureCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** Statistics for the planner: a restore brings none, and the platform would crawl without. */
final class AnalyzeDatabase extends BoundAction {
  private final DumpSource source;

  AnalyzeDatabase(DumpSource source) {
    super(
        "analyze-database",
        "collect the planner's statistics",
        true,
        Duration.ofHours(1),
        RetryPolicy.upTo(3, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try {
      return fresh.reached(DatabaseMark.Stage.ANALYZED)
          ? Look.alreadySo()
          : Look.notYet("the database " + fresh.name() + " is not marked as analyzed");
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try (Connection inside = fresh.door().open(fresh.name(), context.remaining())) {
      DatabaseMark mark =
          fresh
              .mark()
              .filter(found -> found.reached(DatabaseMark.Stage.RESTORED))
              .orElseThrow(() -> notRestored(fresh));
      Sql.run(inside, "ANALYZE");
      fresh.marked().advance(mark.at(DatabaseMark.Stage.ANALYZED, context.token(), Map.of()));
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name() + ": analyze " + fresh.name(), e);
    }
  }

  static ActionFailure notRestored(FreshDatabase fresh) {
    return ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "the database " + fresh.name() + " no longer carries the mark of this restore",
        "See who changed or dropped it.");
  }
}
