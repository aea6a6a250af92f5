package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.postgresql.Postgres;
import java.io.IOException;

/** Sets one parameter of a server. */
public final class ConfigureServer implements Work {
  /** The parameter's name. */
  public static final String NAME = "name";

  /** What it is to be. */
  public static final String VALUE = "value";

  private final Servers servers;
  private final ParameterCatalogue catalogue;

  public ConfigureServer(Servers servers, ParameterCatalogue catalogue) {
    this.servers = servers;
    this.catalogue = catalogue;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    Parameter parameter = catalogue.find(operation.parameters().get(NAME)).orElseThrow();
    String value = operation.parameters().get(VALUE);
    String kept = value.equals(parameter.preset()) ? null : value;
    FlexibleServer server =
        servers.change(
            operation.target(),
            each -> each.withParameter(parameter.name(), kept, !parameter.dynamic()));
    Postgres postgres = servers.postgres(server);
    postgres.configure();
    if (postgres.postmaster().isPresent()) {
      postgres.reload();
    }
    servers.change(server.name(), each -> each.withState(ServerState.READY));
  }

  @Override
  public void abandon(Operation operation) {
    Before.putBack(servers, operation);
  }
}
