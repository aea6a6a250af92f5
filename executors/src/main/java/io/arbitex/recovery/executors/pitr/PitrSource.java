package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.FlexibleServers;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.database.Checkpoints;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.schemas.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the procedure works with, as the configuration has it.
 *
 * @param azure the servers of the platform's resource group
 * @param bound the component's newest known binding
 * @param checkpoints at which its database was proven whole, and its canaries
 */
public record PitrSource(
    Inventory.Platform platform,
    String component,
    Inventory.Postgresql postgresql,
    Policy.PointInTimeRestore policy,
    Azure azure,
    Supplier<Optional<Bound>> bound,
    Checkpoints checkpoints,
    Clock clock) {

  /** Azure allows 63 characters. */
  private static final int LONGEST_NAME = 63;

  private static final int SUFFIX = 12;

  /** Opens the way to Azure, for no longer than the action has time. */
  @FunctionalInterface
  public interface Azure {
    FlexibleServers open(ActionContext context) throws ActionFailure;
  }

  /** The server that is restored: one of the inventory, or one that a recovery made. */
  Inventory.Server server(ActionContext context) throws ActionFailure {
    String name = part(context.required(RestoreFacts.SOURCE_RESOURCE), 0);
    return postgresql
        .server(name)
        .or(() -> bound.get().flatMap(found -> found.server(postgresql, name)))
        .filter(found -> found.flexibleServer().isPresent())
        .orElseThrow(
            () ->
                ActionFailure.permanent(
                    FailureCode.UNSUPPORTED,
                    "the server " + name + " is none that Azure runs",
                    "Name it by flexibleServer in the inventory, if it is one."));
  }

  /** The server of the inventory that has its roles and passwords. */
  String like(ActionContext context) {
    String name = part(context.required(RestoreFacts.SOURCE_RESOURCE), 0);
    return postgresql.server(name).isPresent()
        ? name
        : bound.get().map(found -> found.facts().get(Bindings.LIKE)).orElse(name);
  }

  /** The database that is restored, with all others of its server. */
  String database(ActionContext context) {
    String resource = context.required(RestoreFacts.SOURCE_RESOURCE);
    return resource.contains("/") ? part(resource, 1) : postgresql.database();
  }

  private static String part(String resource, int index) {
    String[] parts = resource.split("/", 2);
    return parts[index];
  }

  /**
   * The name of the new server: of one command alone, so that the same command never makes two, and
   * no two commands mean the same one.
   */
  static String nameOfNew(String source, StepCommand command) {
    String suffix = "-r" + Digests.sha256(command.getCommandId()).substring(0, SUFFIX - 2);
    String stem = source.substring(0, Math.min(source.length(), LONGEST_NAME - SUFFIX));
    return stem.replaceFirst("-r[0-9a-f]{10}$", "").replaceFirst("-+$", "") + suffix;
  }

  /** The restored database, on the server that this command made. */
  MarkedDatabase restored(ActionContext context) {
    Inventory.Server server =
        RestoreFacts.made(postgresql, context.facts())
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "no server was made, or the inventory no longer has the one that it is"
                            + " like"));
    return new MarkedDatabase(new AdminDoor(server), database(context));
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
