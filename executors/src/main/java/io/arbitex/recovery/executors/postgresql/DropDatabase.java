package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.RestoreFacts;
import java.sql.SQLException;
import java.time.Duration;

/** Clean-up: no part of a restore is left, and nothing but our own is dropped. */
final class DropDatabase extends BoundAction {
  private final DumpSource source;

  DropDatabase(DumpSource source) {
    super(
        "drop-database",
        "drop the unfinished database",
        true,
        Duration.ofMinutes(2),
        RetryPolicy.upTo(5, Duration.ofSeconds(1), Duration.ofSeconds(4)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    if (context.fact(RestoreFacts.SERVER).isEmpty()) {
      return Look.alreadySo();
    }
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try {
      return fresh.marked().find().isEmpty()
          ? Look.alreadySo()
          : Look.notYet("the database " + fresh.name() + " is there");
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try {
      fresh.drop(context);
    } catch (SQLException e) {
      throw DatabaseFailures.of(
          fresh.door().server().name() + ": drop the database " + fresh.name(), e);
    }
  }
}
