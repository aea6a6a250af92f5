package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.operations.Fate;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.postgresql.BaseBackup;
import io.arbitex.recovery.lab.azure.postgresql.PointInTimeRecovery;
import io.arbitex.recovery.lab.azure.postgresql.Postgres;
import io.arbitex.recovery.lab.azure.postgresql.RecoveryFailed;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Point-in-time restore into a new server. Roles and passwords come with the data; high
 * availability, firewall rules and changed parameters do not come.
 */
public final class RestoreServer implements Work {
  /** Name of the source. */
  public static final String SOURCE = "source";

  /** The moment, as {@link Instant} writes it. */
  public static final String MOMENT = "moment";

  private static final Logger log = LoggerFactory.getLogger(RestoreServer.class);

  private final Servers servers;

  public RestoreServer(Servers servers) {
    this.servers = servers;
  }

  @Override
  public void run(Operation operation)
      throws OperationFailed, IOException, SQLException, InterruptedException {
    // After a kill: it was finished, only its operation was not.
    if (servers.named(operation.target()).orElseThrow().state() == ServerState.READY) {
      return;
    }
    Instant moment = Instant.parse(operation.parameters().get(MOMENT));
    String sourceName = operation.parameters().get(SOURCE);
    FlexibleServer source =
        servers
            .named(sourceName)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "SourceServerNotFound", "The server " + sourceName + " is gone.", null));
    BaseBackup base =
        servers
            .backups(source)
            .before(moment)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "PointInTimeBeforeEarliestRestoreDate",
                        "No backup was completed before " + moment + ".",
                        null));
    catchUp(source);
    Fate fate = operation.fate();
    Instant end = fate.how() == Fate.How.STOPS_SHORT ? moment.minusMillis(fate.millis()) : moment;
    FlexibleServer server = servers.nextTry(operation.target());
    Postgres postgres = servers.postgres(server);
    try {
      new PointInTimeRecovery(
              servers.programs(), servers.folder(sourceName), servers.folder(server.name()))
          .recover(postgres, base, end);
    } catch (RecoveryFailed e) {
      throw new OperationFailed(
          e.targetNotReached() ? "PointInTimeNotReached" : "RestoreFailed",
          "The server could not be restored to " + moment + ": " + e.getMessage(),
          e);
    }
    servers.change(server.name(), each -> each.withState(ServerState.READY));
  }

  /**
   * Lets the archive of a source that lives reach now. Where it does not, the recovery itself finds
   * out whether the archive is enough.
   */
  private void catchUp(FlexibleServer source) throws IOException, InterruptedException {
    Postgres postgres = servers.postgres(source);
    if (postgres.postmaster().isEmpty()) {
      return;
    }
    try (Connection connection = postgres.connect()) {
      if (!servers.archive(source).catchUp(connection, servers.settings().archiveLimit())) {
        log.warn("the archive of {} lags behind", source.name());
      }
    } catch (SQLException e) {
      log.warn("{} lives and takes no command; its archive has to do", source.name(), e);
    }
  }

  @Override
  public void abandon(Operation operation) throws IOException, InterruptedException {
    servers.remove(operation.target());
  }
}
