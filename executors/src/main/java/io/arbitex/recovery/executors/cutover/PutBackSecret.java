package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Symptom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Clean-up: the connection secret names the source again, with a login that works there. Where both
 * databases are on one server the role's old password went with the switch, so it gets another.
 */
final class PutBackSecret extends BoundAction {
  private final CutoverSettings settings;

  PutBackSecret(CutoverSettings settings) {
    super(
        "put-back-secret",
        "point the platform's connection secret to the source again",
        true,
        Duration.ofMinutes(2),
        RetryPolicy.upTo(8, Duration.ofMillis(500), Duration.ofSeconds(10)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (context.fact(CutoverFacts.SWITCH_BEGUN).isEmpty()) {
      return Look.alreadySo();
    }
    if (context.fact(CutoverFacts.SECRET_CLAIMED).isEmpty()) {
      return Look.notYet("an earlier owner could still switch it");
    }
    Optional<DatabaseAddress> named = settings.secret().address();
    if (named.isPresent() && PlatformSecret.isAt(named.get(), settings.target(context))) {
      return Look.notYet("the secret names the target");
    }
    if (!settings.sameServer(context) || named.isEmpty()) {
      return Look.alreadySo();
    }
    try (Connection connection =
        named.get().connect("recovery-executor", AdminDoor.CONNECT, AdminDoor.SHORT)) {
      Sql.number(connection, "SELECT 1");
      return Look.alreadySo();
    } catch (SQLException e) {
      // Any other refusal comes after the password was taken, or says nothing about it.
      return PostgresErrors.diagnose(e).symptom() == Symptom.AUTHENTICATION
          ? Look.notYet("the login in the secret does not work any more")
          : Look.alreadySo();
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    PlatformSecret secret = settings.secret();
    secret.claim(context);
    context.remember(CutoverFacts.SECRET_CLAIMED, "true");
    // Our token has grown with that write, and a replacement wants the newest claim.
    secret.claim(context);
    boolean switched = secret.names(settings.target(context));
    if (switched) {
      refuseIfOpened(context);
    }
    if (settings.sameServer(context)) {
      String password = settings.newPassword();
      giveNewPassword(context, password);
      secret.replace(
          context,
          old(context, secret).withLogin(settings.postgresql().applicationRole(), password).url(),
          content -> false);
    } else if (switched) {
      old(context, secret);
      secret.replace(context, secret.kept(context).orElseThrow(), content -> false);
    }
  }

  /** A writer that somebody started since the switch may have written to the target. */
  private void refuseIfOpened(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> running = settings.writers().orElseThrow().running();
    if (running.isPresent()) {
      settings.markOpened(context);
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "somebody started a writer after the switch, it may have written to the target: "
              + running.get(),
          "Retry: the cutover is then brought to its end, with all writers on the target.");
    }
  }

  private void giveNewPassword(ActionContext context, String password)
      throws ActionFailure, InterruptedException {
    MarkedDatabase target = settings.target(context);
    try {
      target.guarded(
          AdminDoor.SHORT,
          context.token(),
          maintenance -> {
            Optional<DatabaseMark> mark =
                target.find(maintenance).flatMap(MarkedDatabase.Found::mark);
            maintenance.setAutoCommit(false);
            if (mark.isPresent()) {
              target.mark(
                  maintenance,
                  new DatabaseMark(
                      mark.get().command(),
                      context.token(),
                      mark.get().stage(),
                      mark.get().facts()));
            }
            settings.setPassword(maintenance, password);
            maintenance.commit();
          });
    } catch (SQLException e) {
      throw DatabaseFailures.of("set the platform's password again", e);
    }
  }

  private DatabaseAddress old(ActionContext context, PlatformSecret secret)
      throws ActionFailure, InterruptedException {
    Optional<DatabaseAddress> kept = secret.kept(context).flatMap(PlatformSecret::parse);
    // Nothing is kept before the first replacement: then it still stands there.
    Optional<DatabaseAddress> found = kept.isPresent() ? kept : secret.address();
    return found
        .filter(address -> !PlatformSecret.isAt(address, settings.target(context)))
        .orElseThrow(
            () ->
                ActionFailure.permanent(
                    FailureCode.NOT_CONFIRMED,
                    "what the connection secret held before is not there any more",
                    "Write the source's address into it, then scale the writers up."));
  }
}
