package io.arbitex.recovery.executors.pitr;

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
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A restored server comes with the source's roles and passwords: the platform's role is shut out
 * until the cutover, and the database carries our mark. A mark that came with the data, of an
 * earlier recovery that made the source, speaks of another database and is replaced.
 */
final class CloseRestored extends BoundAction {
  private final PitrSource source;

  CloseRestored(PitrSource source) {
    super(
        "close-restored",
        "close the restored database to the platform, and mark it",
        true,
        Duration.ofMinutes(5),
        RetryPolicy.upTo(20, Duration.ofMillis(500), Duration.ofSeconds(10)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    MarkedDatabase restored = source.restored(context);
    try (Connection maintenance = restored.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      boolean marked = own(context, restored, maintenance).isPresent();
      return marked && !mayConnect(maintenance, restored.name())
          ? Look.alreadySo()
          : Look.notYet("the restored database is open, or without our mark");
    } catch (SQLException e) {
      throw DatabaseFailures.of(restored.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase restored = source.restored(context);
    try {
      forgetEarlier(context, restored);
      restored.guarded(
          AdminDoor.SHORT,
          context.token(),
          maintenance -> {
            if (restored.find(maintenance).isEmpty()) {
              throw ActionFailure.permanent(
                  FailureCode.PROOF_FAILED,
                  "the restored server has no database " + restored.name(),
                  "It was restored to before the database was made; try another moment.");
            }
            maintenance.setAutoCommit(false);
            close(maintenance, restored.name());
            if (own(context, restored, maintenance).isEmpty()) {
              restored.mark(
                  maintenance,
                  new DatabaseMark(
                      context.command().getCommandId(),
                      context.token(),
                      DatabaseMark.Stage.RESTORED,
                      Map.of()));
            }
            maintenance.commit();
          });
    } catch (SQLException e) {
      throw DatabaseFailures.of(restored.door().server().name() + ": close it", e);
    }
  }

  /**
   * A mark of another incident came with the data. Its token may be greater than ours where Kafka
   * was built anew since, and would lock us out for good.
   */
  private static void forgetEarlier(ActionContext context, MarkedDatabase restored)
      throws SQLException, ActionFailure {
    String incident = context.command().getIncidentId() + "/";
    try (Connection maintenance = restored.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      boolean earlier =
          restored
              .find(maintenance)
              .flatMap(MarkedDatabase.Found::mark)
              .filter(mark -> !mark.command().startsWith(incident))
              .isPresent();
      if (earlier) {
        Sql.run(
            maintenance,
            "COMMENT ON DATABASE " + Sql.name(maintenance, restored.name()) + " IS NULL");
      }
    }
  }

  private void close(Connection maintenance, String database) throws SQLException {
    String name = Sql.name(maintenance, database);
    Sql.run(maintenance, "REVOKE CONNECT ON DATABASE " + name + " FROM PUBLIC");
    if (roleExists(maintenance)) {
      String role = Sql.name(maintenance, source.postgresql().applicationRole());
      Sql.run(maintenance, "REVOKE CONNECT ON DATABASE " + name + " FROM " + role);
      Sql.run(maintenance, "ALTER ROLE " + role + " NOLOGIN");
    }
  }

  private boolean mayConnect(Connection maintenance, String database) throws SQLException {
    return roleExists(maintenance)
        && Sql.yes(
            maintenance,
            "SELECT has_database_privilege(?, ?, 'CONNECT')",
            source.postgresql().applicationRole(),
            database);
  }

  private boolean roleExists(Connection maintenance) throws SQLException {
    return Sql.number(
            maintenance,
            "SELECT count(*) FROM pg_roles WHERE rolname = ?",
            source.postgresql().applicationRole())
        == 1;
  }

  private static Optional<DatabaseMark> own(
      ActionContext context, MarkedDatabase restored, Connection maintenance) throws SQLException {
    return restored
        .find(maintenance)
        .flatMap(MarkedDatabase.Found::mark)
        .filter(mark -> mark.isOf(context.command().getCommandId()));
  }
}
