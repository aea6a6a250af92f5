package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.servers.CreateServer;
import io.arbitex.recovery.lab.azure.servers.FlexibleServer;
import io.arbitex.recovery.lab.azure.servers.ParameterCatalogue;
import io.arbitex.recovery.lab.azure.servers.Servers;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What becomes of a request for flexible servers. */
public final class ServerRequests implements Provider {
  private final Resources resources;
  private final NewServers newServers;
  private final Changes changes;
  private final LongRunning longRunning;

  public ServerRequests(
      Servers servers,
      ParameterCatalogue catalogue,
      Operations operations,
      CreateServer create,
      LongRunning longRunning,
      Clock clock) {
    this.resources = new Resources(servers, catalogue);
    this.newServers = new NewServers(servers, resources, operations, create, clock);
    this.changes = new Changes(servers, catalogue, operations);
    this.longRunning = longRunning;
  }

  @Override
  public boolean has(ArmPath path) {
    return path.namespace() == Namespace.POSTGRESQL;
  }

  @Override
  public Optional<ObjectNode> at(ArmPath path) {
    return resources.at(path.text());
  }

  @Override
  public ArmAnswer answer(ArmRequest request, String base) throws IOException {
    if (request.method().equals("GET")) {
      return resources.answer(request.path());
    }
    // One after the other: between looking and beginning, nobody else begins.
    synchronized (this) {
      return change(request, base);
    }
  }

  private ArmAnswer change(ArmRequest request, String base) throws IOException {
    ArmPath path = request.path();
    String what = request.method() + " " + path.type() + (path.isOne() ? "" : " (all)");
    if (what.equals("PUT flexibleservers")) {
      return newServers.put(request, (operation, server) -> begun(operation, server, base));
    }
    if (path.names().isEmpty()) {
      throw request.notAllowed();
    }
    if (what.equals("DELETE flexibleservers") && resources.at(path.text()).isEmpty()) {
      return ArmAnswer.of(204, null);
    }
    FlexibleServer server = resources.server(path);
    if (what.equals("DELETE flexibleservers/firewallrules")
        && !server.firewall().containsKey(path.child())) {
      return ArmAnswer.of(204, null);
    }
    Changes.Begun begun =
        switch (what) {
          case "DELETE flexibleservers" -> changes.delete(request, server);
          case "PATCH flexibleservers" -> changes.update(request, server);
          case "POST flexibleservers/start (all)" ->
              changes.power(request, server, Operation.Kind.START);
          case "POST flexibleservers/stop (all)" ->
              changes.power(request, server, Operation.Kind.STOP);
          case "POST flexibleservers/restart (all)" ->
              changes.power(request, server, Operation.Kind.RESTART);
          case "PUT flexibleservers/configurations", "PATCH flexibleservers/configurations" ->
              changes.configure(request, server);
          case "PUT flexibleservers/firewallrules" -> changes.putRule(request, server);
          case "DELETE flexibleservers/firewallrules" -> changes.removeRule(request, server);
          default -> throw request.notAllowed();
        };
    return begun(begun.operation(), begun.server(), base);
  }

  private ArmAnswer begun(Operation operation, FlexibleServer server, String base) {
    return longRunning.begun(
        operation,
        Namespace.POSTGRESQL,
        server.shape().location(),
        202,
        ArmAnswer.object()
            .put("operation", operation.kind() + "ServerManagementOperation")
            .put("startTime", Instant.ofEpochMilli(operation.startedMillis()).toString()),
        base);
  }
}
