package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.checks.RecoveryEvent;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.record.FailureCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * After the proof, since the proof is that nothing differs from the restore point; before the
 * cutover, since nobody else writes yet. In one transaction, so exactly once: sequences are moved
 * on by their margin, and the recovery is signed into the audit chain.
 */
public final class SignRecovery extends BoundAction {
  private final Key key;
  private final Where where;

  /** Reads the key of the audit chain, anew each time. */
  @FunctionalInterface
  public interface Key {
    byte[] read() throws ActionFailure;
  }

  /** The restored database of a command. */
  @FunctionalInterface
  public interface Where {
    MarkedDatabase of(ActionContext context) throws ActionFailure;
  }

  public SignRecovery(Key key, Where where) {
    super(
        "sign-recovery",
        "move the sequences on and sign the recovery into the audit chain",
        true,
        Duration.ofMinutes(10),
        RetryPolicy.upTo(5, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.key = key;
    this.where = where;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    MarkedDatabase fresh = where.of(context);
    try {
      Optional<DatabaseMark> mark =
          mark(context, fresh)
              .filter(found -> found.facts().containsKey(RestoreFacts.RECOVERY_EVENT));
      return mark.isPresent()
          ? Look.alreadySo(mark.get().facts())
          : Look.notYet("the mark of " + fresh.name() + " names no RECOVERY event");
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase fresh = where.of(context);
    byte[] bytes = key.read();
    try {
      // Under the lock of the mark: an owner that came too late must not write into a database
      // that may serve the platform by now.
      fresh.guarded(
          context.remaining(),
          context.token(),
          maintenance -> {
            DatabaseMark mark =
                mark(context, fresh)
                    .filter(found -> found.stage() == DatabaseMark.Stage.PROVEN)
                    .orElseThrow(() -> notProven(fresh));
            Map<String, String> facts = sign(context, fresh, bytes);
            fresh.mark(maintenance, mark.at(DatabaseMark.Stage.PROVEN, context.token(), facts));
          });
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name() + ": sign " + fresh.name(), e);
    }
  }

  private Map<String, String> sign(ActionContext context, MarkedDatabase fresh, byte[] bytes)
      throws SQLException, ActionFailure {
    try (Connection inside = fresh.door().open(fresh.name(), context.remaining())) {
      inside.setAutoCommit(false);
      OptionalLong before = RecoveryEvent.find(inside, context.command().getCommandId());
      if (before.isPresent()) {
        return Map.of(RestoreFacts.RECOVERY_EVENT, Long.toString(before.getAsLong()));
      }
      String signed = append(context, inside, bytes);
      long head = Long.parseLong(context.required(RestoreFacts.AUDIT_HEAD));
      boolean appended = signed.equals(Long.toString(head + 1));
      int moved = Sequences.advance(inside, appended ? head + 1 : head);
      inside.commit();
      return Map.of(
          RestoreFacts.RECOVERY_EVENT,
          signed,
          RestoreFacts.SEQUENCES_ADVANCED,
          Integer.toString(moved));
    }
  }

  /**
   * An event that the platform's own tables refuse (a further column, a list of allowed actions) is
   * told and left out: the data is proven, and is not withheld for the sake of a note about it.
   */
  private String append(ActionContext context, Connection inside, byte[] bytes)
      throws SQLException {
    Savepoint before = inside.setSavepoint();
    try {
      return Long.toString(event(context).append(inside, bytes, context.clock()));
    } catch (SQLException e) {
      String state = e.getSQLState() == null ? "" : e.getSQLState();
      if (!state.startsWith("22") && !state.startsWith("23") && !state.startsWith("42")) {
        throw e;
      }
      inside.rollback(before);
      context.progress("the audit chain takes no RECOVERY event (SQLSTATE " + state + ")");
      return "refused by the table: SQLSTATE " + state;
    }
  }

  private static RecoveryEvent event(ActionContext context) {
    Instant takenAt = Instant.parse(context.required(RestoreFacts.TAKEN_AT));
    Instant failed =
        context
            .fact(RestoreFacts.BAD_SINCE)
            .map(Instant::parse)
            .orElseGet(() -> context.clock().instant());
    return new RecoveryEvent(
        context.command().getIncidentId(),
        context.command().getCommandId(),
        context.required(RestoreFacts.POINT),
        takenAt,
        Math.max(0, Duration.between(takenAt, failed).toSeconds()));
  }

  private static Optional<DatabaseMark> mark(ActionContext context, MarkedDatabase fresh)
      throws SQLException, ActionFailure {
    return fresh
        .find()
        .flatMap(MarkedDatabase.Found::mark)
        .filter(mark -> mark.isOf(context.command().getCommandId()));
  }

  private static ActionFailure notProven(MarkedDatabase fresh) {
    return ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "the database " + fresh.name() + " is not, or no longer only, proven",
        "See who changed its mark.");
  }
}
