package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.record.FailureCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Preflight: the target is there and carries the mark of a passed proof, it is not the source, no
 * later cutover has happened, and the secret's folder can be written to.
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
  public Look look(ActionContext context) throws ActionFailure {
    MarkedDatabase target = settings.target(context);
    CutoverSettings.Source source = settings.source(context);
    long epoch = Long.parseLong(context.required(CutoverFacts.SOURCE_EPOCH));
    OptionalLong bound = settings.boundEpoch().get();
    if (bound.isPresent() && bound.getAsLong() > epoch) {
      throw refused(
          "a later cutover has happened: the binding is at epoch "
              + bound.getAsLong()
              + ", the command was made for "
              + epoch,
          "Nothing, if that cutover was right.");
    }
    if (settings.sameServer(context) && source.database().equals(target.name())) {
      throw refused("the target is the source", "This is a bug; nothing was touched.");
    }
    Path folder = settings.secretFile().toAbsolutePath().getParent();
    if (!Files.isWritable(folder)) {
      throw refused(
          "the folder of the connection secret, " + folder + ", cannot be written to",
          "Give the executor's user the right to write there.");
    }
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
      Map<String, String> facts = new LinkedHashMap<>(mark.get().facts());
      facts
          .keySet()
          .retainAll(
              Set.of(
                  CutoverFacts.AUDIT_HEAD, CutoverFacts.AUDIT_HEAD_HMAC, CutoverFacts.AUDIT_COUNT));
      return Look.alreadySo(facts);
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name(), e);
    }
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
