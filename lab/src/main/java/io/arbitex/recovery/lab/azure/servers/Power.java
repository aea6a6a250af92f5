package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.postgresql.Postgres;
import java.io.IOException;

/** Starts, stops or restarts a server. */
public final class Power implements Work {
  private final Servers servers;

  public Power(Servers servers) {
    this.servers = servers;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    FlexibleServer server = servers.named(operation.target()).orElseThrow();
    Postgres postgres = servers.postgres(server);
    if (operation.kind() != Operation.Kind.START) {
      postgres.stop();
    }
    if (operation.kind() == Operation.Kind.STOP) {
      servers.change(server.name(), each -> each.withState(ServerState.STOPPED));
      return;
    }
    if (postgres.postmaster().isEmpty()) {
      postgres.configure();
      postgres.start();
    }
    servers.change(server.name(), each -> each.withNothingPending().withState(ServerState.READY));
  }

  @Override
  public void abandon(Operation operation) {
    Before.putBack(servers, operation);
  }
}
