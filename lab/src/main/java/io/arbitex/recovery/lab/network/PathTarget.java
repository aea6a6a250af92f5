package io.arbitex.recovery.lab.network;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Where a path leads to; as text it is HOST:PORT. */
interface PathTarget {
  /**
   * The address for a new connection.
   *
   * @throws IOException when there is none
   */
  InetSocketAddress address() throws IOException, InterruptedException;

  /** The same place always. */
  static PathTarget fixed(String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    return new PathTarget() {
      @Override
      public InetSocketAddress address() {
        return address;
      }

      @Override
      public String toString() {
        return host + ":" + port;
      }
    };
  }
}
