package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.RestoreFacts;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** A fresh database, closed to the platform, with our mark on it. */
final class CreateDatabase extends BoundAction {
  private final DumpSource source;

  CreateDatabase(DumpSource source) {
    super(
        "create-database",
        "make a fresh database beside the old one",
        true,
        Duration.ofMinutes(5),
        RetryPolicy.upTo(5, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try {
      return fresh.reached(DatabaseMark.Stage.CREATED)
          ? Look.alreadySo(Map.of(RestoreFacts.DATABASE, fresh.name()))
          : Look.notYet("there is no database " + fresh.name() + " with our mark");
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try {
      fresh.create(context);
    } catch (SQLException e) {
      throw DatabaseFailures.of(
          fresh.door().server().name() + ": make the database " + fresh.name(), e);
    }
  }
}
