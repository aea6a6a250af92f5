package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.FlexibleServer;
import io.arbitex.recovery.executors.azure.FlexibleServers;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.FailureCode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Clean-up: no unproven server is left, and nothing but our own is deleted. Azure refuses while it
 * still makes it; what cannot be deleted is told, with its name.
 */
final class DeleteServer extends BoundAction {
  private final PitrSource source;

  DeleteServer(PitrSource source) {
    super(
        "delete-server",
        "delete the unfinished server",
        true,
        Duration.ofMinutes(10),
        RetryPolicy.upTo(4, Duration.ofSeconds(1), Duration.ofSeconds(5)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> name = name(context);
    if (name.isEmpty()) {
      return Look.alreadySo();
    }
    FlexibleServers servers = source.azure().open(context);
    Optional<FlexibleServer> found = servers.find(name.get());
    Optional<String> operation = context.fact(PitrFacts.OPERATION).filter(at -> !at.isEmpty());
    if (found.isEmpty()
        && operation.isPresent()
        && OperationWait.isUnderWay(servers, operation.get())) {
      throw ActionFailure.passing(
          FailureCode.TARGET_UNREACHABLE,
          "Azure is making the server " + name.get() + ", which cannot be seen yet",
          "Delete it by hand when it is there.");
    }
    if (found.isEmpty()
        && operation.isEmpty()
        && RestoreServer.unanswered(context)
        // One that was seen ready and is gone was deleted, by this very clean-up.
        && context.fact(RestoreFacts.SERVER_HOST).isEmpty()) {
      throw ActionFailure.passing(
          FailureCode.TARGET_UNREACHABLE,
          "Azure has not answered the order of the server " + name.get() + " and may still make it",
          "Look for it in Azure, and delete it by hand.");
    }
    return found.filter(each -> OwnServer.is(each, context.command())).isEmpty()
        ? Look.alreadySo()
        : Look.notYet("the server " + name.get() + " is there");
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    String name = name(context).orElseThrow();
    FlexibleServers servers = source.azure().open(context);
    Optional<FlexibleServer> found = servers.find(name);
    if (found.isEmpty() || !OwnServer.is(found.get(), context.command())) {
      return;
    }
    refuseIfInUse(context, found.get());
    OperationWait.end(context, servers, servers.beginDelete(name), "delete " + name);
  }

  private static Optional<String> name(ActionContext context) {
    return context
        .fact(PitrFacts.SOURCE_SERVER)
        .map(from -> PitrSource.nameOfNew(from, context.command()));
  }

  /** Proven data is never thrown away; and if this comes late, it may be in use by now. */
  private void refuseIfInUse(ActionContext context, FlexibleServer found) throws ActionFailure {
    if (context.fact(RestoreFacts.SERVER_HOST).isEmpty()) {
      // Its restore was never seen to end, so nobody was told of it.
      return;
    }
    MarkedDatabase restored = source.restored(context);
    try {
      Optional<DatabaseMark> mark = restored.find().flatMap(MarkedDatabase.Found::mark);
      if (mark.filter(each -> each.reached(DatabaseMark.Stage.PROVEN)).isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.PREFLIGHT,
            "the data of the server " + found.name() + " is proven; it is not deleted",
            "Use it, or delete it by hand.");
      }
    } catch (SQLException e) {
      throw DatabaseFailures.of(found.name() + ": see whether it is in use", e);
    }
  }
}
