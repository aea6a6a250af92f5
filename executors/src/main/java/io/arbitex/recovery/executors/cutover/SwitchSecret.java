package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.configuration.Inventory;
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
import io.arbitex.recovery.executors.writers.Writers;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Symptom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The platform's secret names the target, with a new password that really logs in. The password is
 * nowhere but in the server and in the secret; after a crash in between, another one is made.
 *
 * <p>Three steps, so that of two owners the later one's password is in both places: claim the
 * secret with our token; set the password together with our token in the mark of the database, in
 * one transaction of the server; write the secret, if the claim is still ours. An owner that comes
 * late is refused at whichever of these it meets first. A key vault gets the URL right before the
 * secret, so that whoever copies the one to the other copies the new one.
 */
final class SwitchSecret extends BoundAction {
  private final CutoverSettings settings;
  private final ReturnedSource returned;

  SwitchSecret(CutoverSettings settings) {
    super(
        "switch-secret",
        "point the platform's connection secret to the target",
        true,
        Duration.ofMinutes(2),
        RetryPolicy.upTo(5, Duration.ofMillis(500), Duration.ofSeconds(10)));
    this.settings = settings;
    this.returned = new ReturnedSource(settings);
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase target = settings.target(context);
    Optional<DatabaseAddress> named = settings.secret().address();
    if (named.isEmpty() || !PlatformSecret.isAt(named.get(), target)) {
      return Look.notYet("the secret does not name the target");
    }
    if (settings.vault().isPresent()
        && !CutoverSettings.alreadyCutOver(context)
        && !settings.secret().read().equals(Optional.of(settings.vault().get().content()))) {
      return Look.notYet("secret and key vault do not hold the same");
    }
    try (Connection connection =
        named.get().connect("recovery-executor", AdminDoor.CONNECT, AdminDoor.SHORT)) {
      Sql.number(connection, "SELECT 1");
      // Said even when an earlier command switched it, or nobody would put it back.
      return settings.writers().isPresent() && !CutoverSettings.alreadyCutOver(context)
          ? Look.alreadySo(Map.of(CutoverFacts.SWITCH_BEGUN, "true"))
          : Look.alreadySo();
    } catch (SQLException e) {
      if (PostgresErrors.diagnose(e).symptom() == Symptom.AUTHENTICATION) {
        return Look.notYet("the login in the secret does not work");
      }
      throw DatabaseFailures.of(target.door().server().name() + ": log in as the platform", e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase target = settings.target(context);
    PlatformSecret secret = settings.secret();
    Optional<Writers> writers = settings.writers();
    if (settings.vault().isPresent() && CutoverSettings.alreadyCutOver(context)) {
      copyFromVault(context, settings.vault().get());
      return;
    }
    // Refused, or away, before anything is changed.
    Optional<String> before =
        settings.vault().isPresent()
            ? Optional.of(settings.vault().get().before(context))
            : Optional.empty();
    String password = settings.newPassword();
    if (writers.isPresent()) {
      writers.get().requireStopped(context);
      context.remember(CutoverFacts.SWITCH_BEGUN, "true");
    }
    // Once the secret names the target the platform may write there: then only forward.
    if (!settings.anyNames(target)) {
      returned.refuseOrFence(context);
    }
    boolean first = before.isPresent() && VaultSwitch.begin(context, before.get());
    secret.claim(context);
    try {
      setPassword(context, target, password);
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name() + ": set the platform's password", e);
    }
    String content = content(secret, target, password);
    if (settings.vault().isPresent()) {
      // The vault bars nobody: whoever stood still until its clean-up was done elsewhere, the
      // claim.
      secret.claim(context);
      settings.vault().get().write(context, content, first);
    }
    secret.replace(
        context,
        content,
        // A second try must not keep the target as what was there before.
        old -> PlatformSecret.parse(old).filter(at -> PlatformSecret.isAt(at, target)).isEmpty());
  }

  /** An earlier attempt opened the traffic by the vault, and could not write the secret. */
  private void copyFromVault(ActionContext context, VaultSwitch vault)
      throws ActionFailure, InterruptedException {
    if (!vault.names(settings.target(context))) {
      throw notOurs(settings.target(context));
    }
    String content = vault.content();
    settings.secret().claim(context);
    settings.secret().replace(context, content, old -> true);
  }

  /** The claim keeps an earlier try that stood still from writing after this answer. */
  @Override
  public boolean ruledOut(ActionContext context) throws ActionFailure, InterruptedException {
    PlatformSecret secret = settings.secret();
    // A vault bars nobody: a write that was begun may come yet.
    if (VaultSwitch.mayBeWritten(context)) {
      return false;
    }
    try {
      secret.claim(context);
    } catch (ActionFailure e) {
      if (e.code() == FailureCode.OWNERSHIP_LOST) {
        return false;
      }
      throw e;
    }
    return secret.read().isPresent() && !secret.names(settings.target(context));
  }

  private void setPassword(ActionContext context, MarkedDatabase target, String password)
      throws SQLException, ActionFailure, InterruptedException {
    target.guarded(
        AdminDoor.SHORT,
        context.token(),
        maintenance -> {
          DatabaseMark mark =
              target
                  .find(maintenance)
                  .flatMap(MarkedDatabase.Found::mark)
                  .filter(found -> found.isOf(context.command().getCommandId()))
                  .filter(found -> found.reached(DatabaseMark.Stage.SERVING))
                  .orElseThrow(() -> notOurs(target));
          maintenance.setAutoCommit(false);
          target.mark(
              maintenance,
              new DatabaseMark(mark.command(), context.token(), stage(mark), mark.facts()));
          String role = settings.postgresql().applicationRole();
          settings.setPassword(maintenance, password);
          Sql.run(maintenance, "ALTER ROLE " + Sql.name(maintenance, role) + " LOGIN");
          maintenance.commit();
        });
  }

  /** A platform that follows its secret by itself writes to the target as soon as it is named. */
  private DatabaseMark.Stage stage(DatabaseMark mark) {
    return settings.writers().isPresent() ? mark.stage() : DatabaseMark.Stage.OPENED;
  }

  private String content(PlatformSecret secret, MarkedDatabase target, String password)
      throws ActionFailure, InterruptedException {
    Inventory.Server server = target.door().server();
    DatabaseAddress address =
        new DatabaseAddress(
            server.host(),
            server.port(),
            target.name(),
            settings.postgresql().applicationRole(),
            password,
            server.sslMode(),
            // What the platform's URL says beyond place and login is kept.
            secret.address().map(DatabaseAddress::options).orElse(Map.of()));
    return PlatformSecret.inTheWayOf(secret.read().orElse(""), address.url());
  }

  private static ActionFailure notOurs(MarkedDatabase target) {
    return ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "the database " + target.name() + " is no longer marked as opened by this cutover",
        "See who changed it.");
  }
}
