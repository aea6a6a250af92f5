package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.postgresql.Initialization;
import io.arbitex.recovery.lab.azure.postgresql.Postgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Makes a new, empty server. */
public final class CreateServer implements Work {
  private final Servers servers;
  private final ParameterCatalogue catalogue;

  public CreateServer(Servers servers, ParameterCatalogue catalogue) {
    this.servers = servers;
    this.catalogue = catalogue;
  }

  /** Before the operation begins: where it finds the administrator's password. */
  public void keepPassword(FlexibleServer server, String password) throws IOException {
    initialization(server).keepPassword(password);
  }

  private Initialization initialization(FlexibleServer server) {
    return new Initialization(servers.programs(), servers.folder(server.name()));
  }

  @Override
  public void run(Operation operation) throws IOException, SQLException, InterruptedException {
    // After a kill: it was finished, only its operation was not.
    if (servers.named(operation.target()).orElseThrow().state() == ServerState.READY) {
      return;
    }
    FlexibleServer server = servers.nextTry(operation.target());
    Postgres postgres = servers.postgres(server);
    initialization(server).make(postgres, server.shape().administrator());
    try (Connection connection = postgres.connect()) {
      catalogue.learn(connection);
    }
    servers.change(server.name(), each -> each.withState(ServerState.READY));
    initialization(server).forgetPassword();
  }

  @Override
  public void abandon(Operation operation) throws IOException, InterruptedException {
    servers.remove(operation.target());
  }
}
