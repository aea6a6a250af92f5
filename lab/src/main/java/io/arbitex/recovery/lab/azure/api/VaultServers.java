package io.arbitex.recovery.lab.azure.api;

import io.arbitex.recovery.lab.azure.state.RecordFiles;
import io.arbitex.recovery.lab.azure.vaults.Vault;
import io.arbitex.recovery.lab.azure.vaults.VaultPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * Each key vault at a port of its own: clients take the vault's address for its name, and have no
 * place for a path in it. The port is kept.
 */
public final class VaultServers implements AutoCloseable {
  private final Map<String, VaultServer> servers = new LinkedHashMap<>();

  /**
   * @param folder of all vaults
   * @param vaults name and port; 0 for the one that it had, or any
   * @param tls null for plain HTTP
   * @param token demanded of each request; null for none
   * @throws IOException when a port is taken
   */
  public VaultServers(
      Path folder,
      Map<String, Integer> vaults,
      SSLContext tls,
      String token,
      Misbehaviours misbehaviours,
      Clock clock)
      throws IOException {
    RecordFiles<VaultPort> ports = new RecordFiles<>(folder, VaultPort.class);
    try {
      for (Map.Entry<String, Integer> each : vaults.entrySet()) {
        String name = each.getKey();
        String key = name.toLowerCase(Locale.ROOT);
        int port =
            each.getValue() == 0 ? ports.find(key).map(VaultPort::port).orElse(0) : each.getValue();
        VaultServer server =
            new VaultServer(
                port, tls, token, new Vault(name, folder.resolve(key)), misbehaviours, clock);
        servers.put(name, server);
        ports.put(key, new VaultPort(name, server.port()));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  public void start() {
    servers.values().forEach(VaultServer::start);
  }

  /** Where clients find each. */
  public Map<String, URI> addresses() {
    Map<String, URI> addresses = new LinkedHashMap<>();
    servers.forEach((name, server) -> addresses.put(name, server.address()));
    return addresses;
  }

  @Override
  public void close() {
    servers.values().forEach(VaultServer::close);
  }
}
