package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.postgresql.BaseBackup;
import io.arbitex.recovery.lab.azure.servers.FlexibleServer;
import io.arbitex.recovery.lab.azure.servers.ParameterCatalogue;
import io.arbitex.recovery.lab.azure.servers.Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What can be read: servers, backups, firewall rules, configurations; one, or all of a kind. */
final class Resources {
  private final Servers servers;
  private final ParameterCatalogue catalogue;
  private final ServerDocument documents;

  Resources(Servers servers, ParameterCatalogue catalogue) {
    this.servers = servers;
    this.catalogue = catalogue;
    this.documents = new ServerDocument(servers.settings().subscription());
  }

  /** The server of a path. */
  FlexibleServer server(ArmPath path) {
    return servers
        .find(path.resourceGroup(), path.top())
        .orElseThrow(
            () ->
                ArmFailure.notFound(ServerDocument.TYPE + "/" + path.top(), path.resourceGroup()));
  }

  ArmAnswer answer(ArmPath path) {
    return path.isOne()
        ? ArmAnswer.of(
            200,
            one(path)
                .orElseThrow(
                    () ->
                        ArmFailure.notFound(
                            path.type() + "/" + path.lastName(), path.resourceGroup())))
        : ArmAnswer.list(all(path));
  }

  /** What is at a path; empty when nothing is. */
  Optional<ObjectNode> at(String path) {
    ArmPath parsed = ArmPath.of(path);
    return servers.find(parsed.resourceGroup(), parsed.top()).flatMap(it -> one(parsed));
  }

  private Optional<ObjectNode> one(ArmPath path) {
    FlexibleServer server = server(path);
    return switch (path.type()) {
      case "flexibleservers" -> Optional.of(document(server));
      case "flexibleservers/backups" ->
          backups(server).stream()
              .filter(each -> each.name().equalsIgnoreCase(path.child()))
              .findFirst()
              .map(each -> documents.backup(server, each));
      case "flexibleservers/firewallrules" ->
          Optional.ofNullable(server.firewall().get(path.child()))
              .map(range -> documents.firewallRule(server, path.child(), range));
      case "flexibleservers/configurations" ->
          catalogue.find(path.child()).map(each -> documents.configuration(server, each));
      default -> throw unknown(path);
    };
  }

  private List<ObjectNode> all(ArmPath path) {
    if (path.type().equals("flexibleservers")) {
      return servers.all().stream()
          .filter(
              each ->
                  path.resourceGroup().isEmpty()
                      || each.resourceGroup().equalsIgnoreCase(path.resourceGroup()))
          .map(this::document)
          .toList();
    }
    FlexibleServer server = server(path);
    return switch (path.type()) {
      case "flexibleservers/backups" ->
          backups(server).stream().map(each -> documents.backup(server, each)).toList();
      case "flexibleservers/firewallrules" ->
          new TreeMap<>(server.firewall())
              .entrySet().stream()
                  .map(each -> documents.firewallRule(server, each.getKey(), each.getValue()))
                  .toList();
      case "flexibleservers/configurations" ->
          catalogue.all().values().stream()
              .map(each -> documents.configuration(server, each))
              .toList();
      default -> throw unknown(path);
    };
  }

  private ObjectNode document(FlexibleServer server) {
    return documents.server(server, backups(server));
  }

  List<BaseBackup> backups(FlexibleServer server) {
    try {
      return servers.backups(server).all();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ArmFailure unknown(ArmPath path) {
    return ArmFailure.of(404, "InvalidResourceType", "The lab knows no " + path.type() + ".");
  }
}
