package io.arbitex.recovery.lab.kubernetes.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection through a port of a service. When one side has nothing more to say, the other is
 * told; a connection that breaks on one side is broken on the other.
 */
final class Forwarding {
  private static final Logger log = LoggerFactory.getLogger(Forwarding.class);
  private static final int CHUNK = 16 * 1024;

  private final Socket client;
  private final Socket pod;
  private final Consumer<Forwarding> ended;
  private final AtomicInteger directions = new AtomicInteger(2);

  Forwarding(Socket client, Socket pod, Consumer<Forwarding> ended) {
    this.client = client;
    this.pod = pod;
    this.ended = ended;
  }

  /** Copies from the client to the pod until there is no more. */
  void there() {
    copy(client, pod);
  }

  /** Copies from the pod to the client until there is no more. */
  void back() {
    copy(pod, client);
  }

  private void copy(Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        out.write(chunk, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      log.trace("a forwarded connection broke", e);
      reset();
      return;
    }
    if (directions.decrementAndGet() == 0) {
      close(client);
      close(pod);
      ended.accept(this);
    }
  }

  /** Breaks both sides at once, so that nobody waits for more. */
  void reset() {
    for (Socket each : new Socket[] {client, pod}) {
      try {
        each.setSoLinger(true, 0);
      } catch (IOException e) {
        log.trace("it is closed already", e);
      }
      close(each);
    }
    ended.accept(this);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("closing a forwarded connection", e);
    }
  }
}
