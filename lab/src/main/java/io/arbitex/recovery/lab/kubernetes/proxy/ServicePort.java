package io.arbitex.recovery.lab.kubernetes.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port that a service is reached at. Each connection goes to the next pod in turn; while there
 * is none, connections are refused. A connection outlives its pod's readiness, as it does with
 * kube-proxy: only its two ends end it.
 */
final class ServicePort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ServicePort.class);
  private static final int BACKLOG = 128;
  private static final int CONNECT_MILLIS = 2_000;

  private final InetSocketAddress address;

  /**
   * Bound and never listening: nobody else on this machine gets the port while it refuses
   * connections, not as the near end of a connection of his own either.
   */
  private final SocketChannel holder;

  private final Set<Forwarding> open = ConcurrentHashMap.newKeySet();
  private List<InetSocketAddress> pods = List.of();
  private ServerSocket listener;
  private int next;

  ServicePort(InetSocketAddress address) throws IOException {
    this.address = address;
    holder = SocketChannel.open();
    try {
      holder.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      holder.bind(address);
    } catch (IOException e) {
      holder.close();
      throw e;
    }
  }

  /** From now on new connections go to these; with none they are refused. */
  synchronized void leadTo(List<InetSocketAddress> ready) throws IOException {
    pods = List.copyOf(ready);
    if (pods.isEmpty() && listener != null) {
      listener.close();
      listener = null;
    } else if (!pods.isEmpty() && listener == null) {
      listen();
    }
  }

  private void listen() throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address, BACKLOG);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    listener = socket;
    daemon("accept", () -> accept(socket));
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        daemon("connect", () -> connect(client));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          log.warn("{}: {}", address, e.toString());
        }
      }
    }
  }

  private void connect(Socket client) {
    Socket pod = new Socket();
    Forwarding forwarding = new Forwarding(client, pod, open::remove);
    open.add(forwarding);
    try {
      pod.connect(turn(), CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      pod.setTcpNoDelay(true);
    } catch (IOException e) {
      log.debug("{}: {}", address, e.toString());
      forwarding.reset();
      return;
    }
    daemon("back", forwarding::back);
    forwarding.there();
  }

  private synchronized InetSocketAddress turn() throws IOException {
    if (pods.isEmpty()) {
      throw new IOException("no pod is ready");
    }
    return pods.get(next++ % pods.size());
  }

  private void daemon(String role, Runnable work) {
    Thread thread = new Thread(work, "service-port-" + address.getPort() + "-" + role);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public synchronized void close() {
    pods = List.of();
    try {
      if (listener != null) {
        listener.close();
        listener = null;
      }
      holder.close();
    } catch (IOException e) {
      log.warn("{} closes: {}", address, e.toString());
    }
    open.forEach(Forwarding::reset);
  }
}
