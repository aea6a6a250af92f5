package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Loopback ports that nobody listened on when they were taken. */
final class FreePorts {
  private final Deque<Integer> ports = new ArrayDeque<>();

  /** Takes that many at once, so that no two are the same. */
  FreePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  int next() {
    return ports.remove();
  }
}
