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
import java.util.function.Function;

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
    if (settings.vault().isPresent()
        && settings.vault().get().isSwitched(context, settings.target(context))) {
      return Look.notYet("the key vault names the target");
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
    if (switched || settings.anyNames(settings.target(context))) {
      refuseIfOpened(context);
    }
    if (settings.sameServer(context)) {
      String password = settings.newPassword();
      String old = old(context, secret);
      giveNewPassword(context, password);
      putBackVault(
          context, context.fact(CutoverFacts.VAULT_BEFORE), found -> withLogin(found, password));
      secret.replace(context, withLogin(old, password), content -> false);
    } else {
      Optional<String> old = switched ? Optional.of(old(context, secret)) : Optional.empty();
      putBackVault(context, Optional.empty(), found -> found);
      if (old.isPresent()) {
        secret.replace(context, old.get(), content -> false);
      }
    }
  }

  /** First, so that whoever copies it to the secret does not bring back the target. */
  private void putBackVault(
      ActionContext context, Optional<String> untouched, Function<String, String> change)
      throws ActionFailure, InterruptedException {
    if (settings.vault().isPresent()) {
      settings.vault().get().putBack(context, untouched, change);
    }
  }

  private String withLogin(String content, String password) {
    return PlatformSecret.parse(content)
        .map(at -> at.withLogin(settings.postgresql().applicationRole(), password).url())
        .map(url -> PlatformSecret.inTheWayOf(content, url))
        .orElse(content);
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

  /** What the secret held before the incident, as it was written. */
  private String old(ActionContext context, PlatformSecret secret)
      throws ActionFailure, InterruptedException {
    Optional<String> found = secret.kept(context);
    if (found.filter(content -> isOld(context, content)).isEmpty()) {
      // Nothing is kept before the first replacement: then it still stands there.
      found = secret.read();
    }
    if (found.filter(content -> isOld(context, content)).isEmpty()
        && settings.vault().isPresent()) {
      // Whoever copies the vault to the secret may have copied away what was kept there.
      found = settings.vault().get().kept(context);
    }
    return found
        .filter(content -> isOld(context, content))
        .orElseThrow(
            () ->
                ActionFailure.permanent(
                    FailureCode.NOT_CONFIRMED,
                    "what the connection secret held before is not there any more",
                    "Write the source's address into it, then scale the writers up."));
  }

  private boolean isOld(ActionContext context, String content) {
    return PlatformSecret.parse(content)
        .filter(address -> !PlatformSecret.isAt(address, settings.target(context)))
        .isPresent();
  }
}
