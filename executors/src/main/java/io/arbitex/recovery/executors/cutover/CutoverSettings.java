package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.configuration.ConnectionSecret;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.RecordSwitch;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.database.Checkpoints;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.executors.writers.Writers;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.postgresql.util.PasswordUtil;

/**
 * What a cutover works with, as the configuration has it.
 *
 * @param bound the component's newest known binding
 * @param checkpoints at which its database was proven whole
 * @param random for new passwords
 * @param vault where the URL stands too
 * @param record of DNS that names the server
 */
public record CutoverSettings(
    Inventory.Platform platform,
    Inventory.Postgresql postgresql,
    Supplier<Optional<Bound>> bound,
    Checkpoints checkpoints,
    SecureRandom random,
    Optional<VaultSwitch> vault,
    Optional<RecordSwitch> record) {
  private static final int PASSWORD_BYTES = 24;

  public CutoverSettings(
      Inventory.Platform platform,
      Inventory.Postgresql postgresql,
      Supplier<Optional<Bound>> bound,
      Checkpoints checkpoints,
      SecureRandom random) {
    // The inventory refuses a vault and a record without an Azure.
    this(
        platform,
        postgresql,
        bound,
        checkpoints,
        random,
        postgresql.keyVault().map(place -> new VaultSwitch(platform.azure().orElseThrow(), place)),
        postgresql.dns().map(place -> new RecordSwitch(platform.azure().orElseThrow(), place)));
  }

  /** The source as the command names it: {@code server} or {@code server/database}. */
  record Source(AdminDoor door, String database) {}

  /** The target's server: one of the inventory, or one that the restore made. */
  Inventory.Server targetServer(Map<String, String> facts) {
    String name = facts.get(CutoverFacts.SERVER);
    return postgresql
        .server(name)
        .or(() -> RestoreFacts.made(postgresql, facts))
        .or(() -> bound.get().flatMap(found -> found.server(postgresql, name)))
        .orElseThrow(() -> unknown(name));
  }

  private Inventory.Server sourceServer(String name) {
    return postgresql
        .server(name)
        .or(() -> bound.get().flatMap(found -> found.server(postgresql, name)))
        .or(() -> bound.get().flatMap(found -> found.previousServer(postgresql, name)))
        .orElseThrow(() -> unknown(name));
  }

  private static IllegalStateException unknown(String name) {
    return new IllegalStateException(
        "neither inventory nor binding have the server '" + name + "'");
  }

  Source source(ActionContext context) {
    String resource = context.required(CutoverFacts.SOURCE_RESOURCE);
    int slash = resource.indexOf('/');
    return slash < 0
        ? new Source(new AdminDoor(sourceServer(resource)), postgresql.database())
        : new Source(
            new AdminDoor(sourceServer(resource.substring(0, slash))),
            resource.substring(slash + 1));
  }

  MarkedDatabase target(ActionContext context) {
    return new MarkedDatabase(
        new AdminDoor(targetServer(context.facts())), context.required(CutoverFacts.DATABASE));
  }

  /** The old and the new database are on one server, so its roles serve both. */
  boolean sameServer(ActionContext context) {
    return source(context).door().server().name().equals(context.required(CutoverFacts.SERVER));
  }

  /**
   * Whether an earlier attempt has done this very cutover, which the first action found out: then
   * nothing is fenced, opened or lifted any more, since the source is no longer the component.
   */
  static boolean alreadyCutOver(ActionContext context) {
    return context.fact(CutoverFacts.CUT_OVER_EPOCH).isPresent();
  }

  SourceFence fence(ActionContext context, Connection maintenance) {
    return new SourceFence(
        maintenance, postgresql.applicationRole(), source(context).database(), sameServer(context));
  }

  /** Closes the source; what clean-up needs to open it again is remembered before. */
  void closeSource(ActionContext context) throws ActionFailure, InterruptedException {
    Source source = source(context);
    try (Connection maintenance = source.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      SourceFence fence = fence(context, maintenance);
      if (!fence.closed()) {
        String grants = fence.grants();
        if (!grants.isEmpty()) {
          context.remember(CutoverFacts.FENCED_GRANTS, grants);
        }
        context.remember(CutoverFacts.FENCED_ROLE, postgresql.applicationRole());
        if (writers().isPresent()) {
          // For a later command, which does not know our facts.
          writers().get().noteFence(context, FenceNote.of(context, grants).text());
        }
      }
      if (writers().isPresent()) {
        // Whoever stood still until its clean-up was done elsewhere is found out here.
        writers().get().requireStopped(context);
      }
      fence.close();
    } catch (SQLException e) {
      throw DatabaseFailures.of(source.door().server().name() + ": fence the source", e);
    }
  }

  PlatformSecret secret() {
    if (postgresql.connectionSecret() instanceof ConnectionSecret.InCluster in) {
      // The inventory refuses one in a cluster that is not there.
      return new ClusterSecret(platform.kubernetes().orElseThrow(), in, vault.isPresent());
    }
    return new FileSecret(((ConnectionSecret.InFile) postgresql.connectionSecret()).file());
  }

  /** The platform's secret or the vault that it may be copied from names the target. */
  boolean anyNames(MarkedDatabase target) throws ActionFailure, InterruptedException {
    return secret().names(target) || (vault.isPresent() && vault.get().names(target));
  }

  /**
   * With the secret on the target the source stays closed, and no writer is started for it.
   *
   * @throws ActionFailure NOT_CONFIRMED when the secret names the target
   */
  void refuseIfSwitched(ActionContext context) throws ActionFailure, InterruptedException {
    if (secret().names(target(context))) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the connection secret names the target, so nothing goes back to the source",
          "See which of the two databases the platform is to use; the source is not opened.");
    }
  }

  /** Who writes to the database from within the cluster; empty where nobody is known to. */
  Optional<Writers> writers() {
    return platform.kubernetes().filter(found -> !found.writers().isEmpty()).map(Writers::new);
  }

  /**
   * Traffic is or may be open on the target from now on, for whoever comes later: written before it
   * is opened.
   */
  void markOpened(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase target = target(context);
    try {
      target.guarded(
          AdminDoor.SHORT,
          context.token(),
          maintenance -> target.mark(maintenance, ours(context, target, maintenance)));
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name() + ": mark it as opened", e);
    }
  }

  private static DatabaseMark ours(
      ActionContext context, MarkedDatabase target, Connection maintenance)
      throws SQLException, ActionFailure {
    DatabaseMark mark =
        target
            .find(maintenance)
            .flatMap(MarkedDatabase.Found::mark)
            .filter(found -> found.isOf(context.command().getCommandId()))
            .filter(found -> found.reached(DatabaseMark.Stage.SERVING))
            .orElseThrow(
                () ->
                    ActionFailure.permanent(
                        FailureCode.NOT_CONFIRMED,
                        "the database " + target.name() + " is no longer marked as this cutover's",
                        "See who changed it."));
    // The source may have come back and been closed since the target was marked.
    return new DatabaseMark(
        mark.command(),
        context.token(),
        DatabaseMark.Stage.OPENED,
        CutoverFacts.withFence(mark.facts(), context.facts()));
  }

  /** Gives the platform's role a password that is hashed here, so that it is in no server's log. */
  void setPassword(Connection maintenance, String password) throws SQLException {
    Sql.run(
        maintenance,
        PasswordUtil.genAlterUserPasswordSQL(
            postgresql.applicationRole(), password.toCharArray(), "scram-sha-256"));
  }

  String newPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Arrays.fill(bytes, (byte) 0);
    return password;
  }

  /**
   * The key of the audit chain, read anew each time.
   *
   * @throws ActionFailure PREFLIGHT when its reference leads nowhere
   */
  byte[] auditKey() throws ActionFailure {
    try {
      return platform.endpoints().auditKey().resolve().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "the key of the audit chain cannot be read: " + e,
          "Put the secret back to where endpoints.auditKey of the inventory points.",
          false,
          e);
    }
  }
}
