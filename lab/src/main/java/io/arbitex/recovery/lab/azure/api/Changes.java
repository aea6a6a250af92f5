package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.postgresql.IpRange;
import io.arbitex.recovery.lab.azure.servers.Before;
import io.arbitex.recovery.lab.azure.servers.ChangeFirewall;
import io.arbitex.recovery.lab.azure.servers.ConfigureServer;
import io.arbitex.recovery.lab.azure.servers.FlexibleServer;
import io.arbitex.recovery.lab.azure.servers.Parameter;
import io.arbitex.recovery.lab.azure.servers.ParameterCatalogue;
import io.arbitex.recovery.lab.azure.servers.RestoreServer;
import io.arbitex.recovery.lab.azure.servers.ServerState;
import io.arbitex.recovery.lab.azure.servers.Servers;
import io.arbitex.recovery.lab.azure.servers.UpdateServer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Requests that change a server that is there; each begins one operation. */
final class Changes {
  private static final Set<String> MODES = Set.of("Disabled", "SameZone", "ZoneRedundant");

  private final Servers servers;
  private final ParameterCatalogue catalogue;
  private final Operations operations;

  /** An operation that was begun, and the server as it is then. */
  record Begun(Operation operation, FlexibleServer server) {}

  Changes(Servers servers, ParameterCatalogue catalogue, Operations operations) {
    this.servers = servers;
    this.catalogue = catalogue;
    this.operations = operations;
  }

  Begun delete(ArmRequest request, FlexibleServer server) {
    refuseBusy(server);
    boolean isRead =
        operations.running().stream()
            .anyMatch(
                each ->
                    Servers.key(server.name()).equals(each.parameters().get(RestoreServer.SOURCE)));
    if (isRead) {
      throw ArmFailure.busy(server.name());
    }
    return begin(
        Operation.Kind.DELETE, ServerState.DROPPING, request, server, null, Before.of(server));
  }

  Begun power(ArmRequest request, FlexibleServer server, Operation.Kind kind) {
    refuseBusy(server);
    boolean fits =
        kind == Operation.Kind.START
            ? server.state() == ServerState.STOPPED
            : server.state() == ServerState.READY;
    if (!fits) {
      throw ArmFailure.wrongState(server);
    }
    ServerState during =
        switch (kind) {
          case START -> ServerState.STARTING;
          case STOP -> ServerState.STOPPING;
          default -> ServerState.RESTARTING;
        };
    return begin(kind, during, request, server, null, Before.of(server));
  }

  Begun update(ArmRequest request, FlexibleServer server) {
    Map<String, String> wanted = new HashMap<>(Before.of(server));
    request
        .body()
        .properties()
        .forEach(
            each -> {
              switch (each.getKey()) {
                case "tags" -> wanted.put(UpdateServer.TAGS, each.getValue().toString());
                case "properties" -> highAvailability(each.getValue(), wanted);
                default -> throw notDone(each.getKey());
              }
            });
    refuseUnready(server);
    return begin(
        Operation.Kind.UPDATE,
        ServerState.UPDATING,
        request,
        server,
        request.path().text(),
        wanted);
  }

  private static void highAvailability(JsonNode properties, Map<String, String> wanted) {
    properties
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals("highAvailability")) {
                throw notDone(name);
              }
            });
    String mode = properties.path("highAvailability").path("mode").asText();
    if (!MODES.contains(mode)) {
      throw ArmFailure.invalid("'" + mode + "' is no mode of high availability.");
    }
    wanted.put(UpdateServer.HIGH_AVAILABILITY, mode);
  }

  private static ArmFailure notDone(String name) {
    return ArmFailure.invalid("The lab does not change '" + name + "' of a server.");
  }

  Begun configure(ArmRequest request, FlexibleServer server) {
    String name = request.path().child();
    Parameter parameter =
        catalogue
            .find(name)
            .orElseThrow(
                () ->
                    ArmFailure.notFound("configurations/" + name, request.path().resourceGroup()));
    String value = request.properties().path("value").asText(parameter.preset());
    if (parameter.readOnly()) {
      throw ArmFailure.invalid("The parameter '" + name + "' is read-only.");
    }
    if (!parameter.takes(value)) {
      throw ArmFailure.invalid(
          "'" + value + "' is not for '" + name + "', which takes " + parameter.allowed() + ".");
    }
    refuseUnready(server);
    Map<String, String> wanted = new HashMap<>(Before.of(server));
    wanted.put(ConfigureServer.NAME, name);
    wanted.put(ConfigureServer.VALUE, value);
    return begin(
        Operation.Kind.CONFIGURE,
        ServerState.UPDATING,
        request,
        server,
        request.path().text(),
        wanted);
  }

  Begun putRule(ArmRequest request, FlexibleServer server) {
    if (!request.path().child().matches("[A-Za-z0-9_-]{1,80}")) {
      throw ArmFailure.invalid("'" + request.path().child() + "' is no name for a rule.");
    }
    String start = request.properties().path("startIpAddress").asText();
    String end = request.properties().path("endIpAddress").asText();
    IpRange range;
    try {
      range = new IpRange(start, end);
    } catch (IllegalArgumentException e) {
      ArmFailure failure = ArmFailure.invalid(e.getMessage());
      failure.initCause(e);
      throw failure;
    }
    refuseUnready(server);
    return begin(
        Operation.Kind.FIREWALL,
        server.state(),
        request,
        server,
        request.path().text(),
        Map.of(
            ChangeFirewall.RULE,
            request.path().child(),
            ChangeFirewall.START,
            range.start(),
            ChangeFirewall.END,
            range.end()));
  }

  Begun removeRule(ArmRequest request, FlexibleServer server) {
    refuseUnready(server);
    return begin(
        Operation.Kind.FIREWALL,
        server.state(),
        request,
        server,
        null,
        Map.of(ChangeFirewall.RULE, request.path().child()));
  }

  private void refuseBusy(FlexibleServer server) {
    if (operations.isBusy(Servers.key(server.name()))) {
      throw ArmFailure.busy(server.name());
    }
  }

  private void refuseUnready(FlexibleServer server) {
    refuseBusy(server);
    if (server.state() != ServerState.READY) {
      throw ArmFailure.wrongState(server);
    }
  }

  private Begun begin(
      Operation.Kind kind,
      ServerState during,
      ArmRequest request,
      FlexibleServer server,
      String resource,
      Map<String, String> parameters) {
    FlexibleServer changed = servers.change(server.name(), each -> each.withState(during));
    return new Begun(
        operations.begin(kind, Servers.key(server.name()), resource, parameters, request.fate()),
        changed);
  }
}
