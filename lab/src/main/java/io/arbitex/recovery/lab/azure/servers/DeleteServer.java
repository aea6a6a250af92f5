package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;

/** Deletes a server, with its archive and its backups. */
public final class DeleteServer implements Work {
  private final Servers servers;

  public DeleteServer(Servers servers) {
    this.servers = servers;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    servers.remove(operation.target());
  }

  @Override
  public void abandon(Operation operation) {
    Before.putBack(servers, operation);
  }
}
