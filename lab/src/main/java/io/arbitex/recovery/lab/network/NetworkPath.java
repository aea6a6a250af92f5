package io.arbitex.recovery.lab.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP path from a loopback port to a target, which can be cut and restored at any time. */
final class NetworkPath implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NetworkPath.class);

  private final String name;
  private final int port;
  private final PathTarget target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private PathState state = PathState.REFUSED;
  private ServerSocket listener;

  NetworkPath(String name, int port, PathTarget target) {
    this.name = name;
    this.port = port;
    this.target = target;
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  String target() {
    return target.toString();
  }

  synchronized PathState state() {
    return state;
  }

  /** Changes what the path does; returns when it does so. */
  synchronized void become(PathState wanted) throws IOException {
    if (wanted == state) {
      return;
    }
    PathState before = state;
    state = wanted;
    notifyAll();
    if (wanted == PathState.REFUSED) {
      listener.close();
      listener = null;
      endAll();
    } else if (before == PathState.REFUSED) {
      listen();
    } else if (before == PathState.BLACK_HOLE) {
      // What was swallowed is gone, so these connections cannot go on.
      endAll();
    }
    log.info("path {} is {}", name, wanted.word());
  }

  private void listen() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
    listener = socket;
    daemon("accept", () -> accept(socket)).start();
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        open.add(client);
        daemon("connect", () -> connect(client)).start();
      } catch (IOException e) {
        if (!socket.isClosed()) {
          log.warn("path {}: {}", name, e.toString());
        }
      }
    }
  }

  private void connect(Socket client) {
    if (state() == PathState.BLACK_HOLE) {
      return;
    }
    Socket server = new Socket();
    try {
      server.connect(target.address(), 2_000);
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
    } catch (IOException e) {
      log.debug("path {}: {}", name, e.toString());
      end(client);
      end(server);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(client);
      end(server);
      return;
    }
    open.add(server);
    daemon("up", () -> copy(client, server)).start();
    daemon("down", () -> copy(server, client)).start();
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read;
      while ((read = in.read(buffer)) >= 0) {
        if (state() != PathState.BLACK_HOLE) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      log.trace("path {}: {}", name, e.toString());
    }
    // A path that swallows does not pass on that the other side hung up, either.
    if (state() != PathState.BLACK_HOLE) {
      end(from);
      end(to);
    }
  }

  private synchronized void endAll() {
    open.forEach(this::end);
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      // Reset instead of an orderly close: the peer sees a broken connection at once.
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      log.trace("path {}: {}", name, e.toString());
    }
    try {
      socket.close();
    } catch (IOException e) {
      log.trace("path {}: {}", name, e.toString());
    }
  }

  private Thread daemon(String role, Runnable work) {
    Thread thread = new Thread(work, "path-" + name + "-" + role);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public synchronized void close() throws IOException {
    if (listener != null) {
      listener.close();
    }
    endAll();
  }
}
