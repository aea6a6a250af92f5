package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.record.FailureCode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Preflight: the target is there and carries the mark of a passed proof, it is not the source, no
 * later cutover has happened, and the secret could be replaced. A target that is the component
 * already was cut over to by an earlier attempt.
 */
final class CheckTarget extends BoundAction {
  private final CutoverSettings settings;

  CheckTarget(CutoverSettings settings) {
    super(
        "check-target",
        "check that the target is proven",
        false,
        Duration.ofMinutes(1),
        RetryPolicy.upTo(10, Duration.ofMillis(500), Duration.ofSeconds(5)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase target = settings.target(context);
    Optional<Bound> bound = settings.bound().get();
    long epoch = Long.parseLong(context.required(CutoverFacts.SOURCE_EPOCH));
    String resource = target.door().server().name() + "/" + target.name();
    boolean boundHere = bound.filter(found -> found.resource().equals(resource)).isPresent();
    if (boundHere || context.required(CutoverFacts.SOURCE_RESOURCE).equals(resource)) {
      long reached = Math.max(epoch, bound.map(Bound::epoch).orElse(epoch));
      return alreadyCutOver(context, target, resource, reached, settings.secret().names(target));
    }
    if (opened(target)) {
      // An earlier attempt opened the traffic and could not end: this one ends it.
      return alreadyCutOver(context, target, resource, epoch + 1, true);
    }
    if (bound.isPresent() && bound.get().epoch() > epoch) {
      throw refused(
          "a later cutover has happened: the binding is at epoch "
              + bound.get().epoch()
              + ", the command was made for "
              + epoch,
          "Nothing, if that cutover was right.");
    }
    if (settings.sameServer(context) && settings.source(context).database().equals(target.name())) {
      throw refused("the target is the source", "This is a bug; nothing was touched.");
    }
    settings.secret().probe();
    settings.secret().requireAddress();
    try {
      Optional<DatabaseMark> mark = target.find().flatMap(MarkedDatabase.Found::mark);
      if (mark.isEmpty() || !mark.get().reached(DatabaseMark.Stage.PROVEN)) {
        throw refused(
            "the database "
                + target.name()
                + " on "
                + target.door().server().name()
                + " is not proven: "
                + mark.map(found -> found.stage().toString()).orElse("it carries no mark"),
            "Let a restore finish and pass its proof first.");
      }
      return Look.alreadySo(kept(mark.get(), CutoverFacts.OF_RESTORE));
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name(), e);
    }
  }

  private boolean opened(MarkedDatabase target) throws ActionFailure, InterruptedException {
    try {
      return target
              .find()
              .flatMap(MarkedDatabase.Found::mark)
              .filter(mark -> mark.reached(DatabaseMark.Stage.OPENED))
              .isPresent()
          && settings.anyNames(target);
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name(), e);
    }
  }

  /**
   * An earlier attempt of this cutover ended late, and the component is the target already. Then
   * its marks must all be there, and this attempt only proves again that the platform follows.
   */
  private Look alreadyCutOver(
      ActionContext context, MarkedDatabase target, String resource, long epoch, boolean named)
      throws ActionFailure, InterruptedException {
    try {
      Optional<DatabaseMark> mark = target.find().flatMap(MarkedDatabase.Found::mark);
      boolean serving = mark.filter(each -> each.reached(DatabaseMark.Stage.SERVING)).isPresent();
      if (!serving || !named) {
        throw refused(
            resource
                + " is bound as the component, but "
                + (serving ? "the connection secret names something else" : "it is not opened"),
            "See who changed it since the cutover; nothing was touched.");
      }
      context.progress(resource + " is the component already; only looks whether all is well");
      Map<String, String> facts = kept(mark.orElseThrow(), CutoverFacts.OF_RESTORE);
      facts.putAll(kept(mark.get(), CutoverFacts.OF_FENCE));
      facts.put(CutoverFacts.CUT_OVER_EPOCH, Long.toString(epoch));
      return Look.alreadySo(facts);
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name(), e);
    }
  }

  private static Map<String, String> kept(DatabaseMark mark, Set<String> names) {
    Map<String, String> facts = new LinkedHashMap<>(mark.facts());
    facts.keySet().retainAll(names);
    return facts;
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
