package io.arbitex.recovery.lab.azure.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Set;

/**
 * Each server has an address of its own, at which it listens on the usual port, as on Azure: Linux
 * takes all of 127.0.0.0/8 for this machine. Where they begin comes from the lab's folder, so that
 * two labs do not meet.
 */
final class Addresses {
  private static final int PER_BLOCK = 254;

  private final int port;
  private final int start;

  Addresses(Path folder, int port) {
    this.port = port;
    int hash = folder.toAbsolutePath().normalize().toString().hashCode() * 31 + 5432;
    this.start = (hash ^ hash >>> 16) & 0xffff;
  }

  /**
   * One that is not taken and on whose port nobody listens.
   *
   * @throws IOException when there is none
   */
  String free(Set<String> taken) throws IOException {
    for (int i = 0; i < PER_BLOCK * PER_BLOCK; i++) {
      int at = (start + i) % (PER_BLOCK * PER_BLOCK);
      // Not 127.0.…, where the machine's own are.
      String address = "127." + (1 + at / PER_BLOCK) + ".77." + (1 + at % PER_BLOCK);
      if (!taken.contains(address) && isFree(address)) {
        return address;
      }
    }
    throw new IOException("no loopback address has port " + port + " free");
  }

  private boolean isFree(String address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
