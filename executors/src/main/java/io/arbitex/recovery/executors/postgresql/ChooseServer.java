package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.FailureCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Preflight: the first server of {@code restoreTo} that answers, takes writes, lets the admin make
 * databases and roles, and is of a version that the tools know. Free space cannot be asked for over
 * SQL: a full disk is met, and told, by the restore itself.
 */
final class ChooseServer extends BoundAction {
  private static final String RIGHTS =
      "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles"
          + " WHERE rolname = current_user";

  private final DumpSource source;

  ChooseServer(DumpSource source) {
    super(
        "choose-server",
        "choose the server for the fresh database",
        false,
        Duration.ofMinutes(2),
        RetryPolicy.every(Duration.ofSeconds(1)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    int tools = Integer.parseInt(context.required(DumpFacts.TOOLS_MAJOR));
    List<ActionFailure> refusals = new ArrayList<>();
    for (String name : source.postgresql().restoreTo()) {
      Inventory.Server server =
          source.postgresql().server(name).orElseThrow(() -> unknownServer(name));
      try {
        int major = examine(server, tools);
        return Look.alreadySo(
            Map.of(RestoreFacts.SERVER, name, DumpFacts.SERVER_MAJOR, Integer.toString(major)));
      } catch (ActionFailure e) {
        refusals.add(e);
        context.progress(e.getMessage());
      }
    }
    ActionFailure first = refusals.get(0);
    throw new ActionFailure(
        first.code(),
        "no server to restore to: "
            + refusals.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")),
        first.hint(),
        refusals.stream().anyMatch(ActionFailure::retryable),
        first);
  }

  private static int examine(Inventory.Server server, int tools) throws ActionFailure {
    try (Connection connection =
        new AdminDoor(server).open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      if (!Sql.yes(connection, RIGHTS)) {
        throw refused(
            server.name()
                + ": the role "
                + server.adminUser()
                + " may not make databases and roles",
            "Give the role CREATEDB and CREATEROLE.");
      }
      if (Sql.yes(connection, "SELECT pg_is_in_recovery()")) {
        throw refused(
            server.name() + " is a replica and takes no writes",
            "Name a server in restoreTo that takes writes.");
      }
      int major = (int) (Sql.number(connection, "SHOW server_version_num") / 10_000);
      if (major > tools) {
        throw refused(
            server.name() + " is PostgreSQL " + major + ", the tools are " + tools,
            "Install client tools at least as new as the server.");
      }
      return major;
    } catch (SQLException e) {
      throw DatabaseFailures.of(server.name(), e);
    }
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }

  private static IllegalStateException unknownServer(String name) {
    return new IllegalStateException("the inventory has no server '" + name + "'");
  }
}
