package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.FailureCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * The database that one command makes: never the old one, never over anything that this command did
 * not make itself.
 */
final class FreshDatabase {
  private static final String RELATIONS =
      "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
          + " AND n.nspname NOT LIKE 'pg\\_toast%'";

  private final DumpSource source;
  private final MarkedDatabase database;
  private final String command;

  private FreshDatabase(DumpSource source, MarkedDatabase database, String command) {
    this.source = source;
    this.database = database;
    this.command = command;
  }

  /** The database of the command on the server that an earlier action chose. */
  static FreshDatabase of(DumpSource source, ActionContext context) {
    String serverName = context.required(RestoreFacts.SERVER);
    Inventory.Server server =
        source
            .postgresql()
            .server(serverName)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the inventory no longer has the server '" + serverName + "'"));
    String name = DatabaseName.of(source.postgresql().database(), context.command());
    return new FreshDatabase(
        source, new MarkedDatabase(new AdminDoor(server), name), context.command().getCommandId());
  }

  String name() {
    return database.name();
  }

  MarkedDatabase marked() {
    return database;
  }

  AdminDoor door() {
    return database.door();
  }

  /** Our own mark; empty when there is no such database or it is not marked by this command. */
  Optional<DatabaseMark> mark() throws SQLException, ActionFailure {
    return database.find().flatMap(MarkedDatabase.Found::mark).filter(mark -> mark.isOf(command));
  }

  /** That stage is reached in the mark. */
  boolean reached(DatabaseMark.Stage stage) throws SQLException, ActionFailure {
    return mark().filter(mark -> mark.reached(stage)).isPresent();
  }

  /** Makes it, or takes over what a crash left of the making. */
  void create(ActionContext context) throws SQLException, ActionFailure, InterruptedException {
    refuseOldName();
    database.guarded(
        context.remaining(),
        context.token(),
        maintenance -> {
          Optional<MarkedDatabase.Found> found = database.find(maintenance);
          if (found.isEmpty()) {
            make(maintenance);
          } else if (found.get().mark().isPresent()) {
            refuseForeign(found.get().mark().get());
          } else {
            refuseUnlessEmpty();
          }
          close(maintenance);
          database.mark(maintenance, mark(DatabaseMark.Stage.CREATED, context, Map.of()));
        });
  }

  /**
   * Makes it empty and ours alone: whatever an earlier try left, a pg_restore that still runs
   * included, is ended and dropped first.
   */
  void beginRestore(ActionContext context)
      throws SQLException, ActionFailure, InterruptedException {
    refuseOldName();
    database.guarded(
        context.remaining(),
        context.token(),
        maintenance -> {
          Optional<MarkedDatabase.Found> found = database.find(maintenance);
          if (found.isPresent()) {
            if (found.get().mark().isPresent()) {
              refuseForeign(found.get().mark().get());
            } else {
              refuseUnlessEmpty();
            }
            boolean untouched =
                found
                    .get()
                    .mark()
                    .filter(mark -> !mark.reached(DatabaseMark.Stage.RESTORING))
                    .isPresent();
            if (!untouched) {
              dropNow(maintenance);
              make(maintenance);
            }
          } else {
            make(maintenance);
          }
          close(maintenance);
          database.mark(maintenance, mark(DatabaseMark.Stage.RESTORING, context, Map.of()));
        });
  }

  /**
   * Drops what this command made. A database that serves the platform is never dropped, nor one
   * that carries another's mark or none.
   */
  void drop(ActionContext context) throws SQLException, ActionFailure, InterruptedException {
    database.guarded(
        context.remaining(),
        context.token(),
        maintenance -> {
          Optional<MarkedDatabase.Found> found = database.find(maintenance);
          if (found.isEmpty()) {
            return;
          }
          if (found.get().mark().isPresent()) {
            refuseForeign(found.get().mark().get());
          } else {
            refuseUnlessEmpty();
          }
          dropNow(maintenance);
        });
  }

  DatabaseMark mark(DatabaseMark.Stage stage, ActionContext context, Map<String, String> facts) {
    return new DatabaseMark(command, context.token(), stage, facts);
  }

  private void make(Connection maintenance) throws SQLException {
    Sql.run(
        maintenance,
        "CREATE DATABASE " + Sql.name(maintenance, name()) + " TEMPLATE template0 ENCODING 'UTF8'");
  }

  /** Nobody but its owner gets in before the cutover. */
  private void close(Connection maintenance) throws SQLException {
    Sql.run(
        maintenance, "REVOKE ALL ON DATABASE " + Sql.name(maintenance, name()) + " FROM PUBLIC");
  }

  private void dropNow(Connection maintenance) throws SQLException {
    Sql.run(maintenance, "DROP DATABASE " + Sql.name(maintenance, name()) + " WITH (FORCE)");
  }

  private void refuseOldName() throws ActionFailure {
    if (name().equals(source.postgresql().database())) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the fresh database would have the name of the old one, " + name(),
          "This is a bug; nothing was touched.");
    }
  }

  private void refuseForeign(DatabaseMark mark) throws ActionFailure {
    if (!mark.isOf(command) || mark.reached(DatabaseMark.Stage.SERVING)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the database "
              + name()
              + " on "
              + door().server().name()
              + " belongs to "
              + mark.command()
              + " and is "
              + mark.stage()
              + "; it is not touched",
          "See which recovery uses it.");
    }
  }

  /** A crash between making and marking leaves an empty one; anything in it is somebody else's. */
  private void refuseUnlessEmpty() throws SQLException, ActionFailure {
    try (Connection inside = door().open(name(), AdminDoor.SHORT)) {
      if (Sql.number(inside, RELATIONS) > 0) {
        throw ActionFailure.permanent(
            FailureCode.PREFLIGHT,
            "there is a database " + name() + " that no recovery marked, with data in it",
            "See whose it is; rename or drop it by hand, then retry.");
      }
    }
  }
}
