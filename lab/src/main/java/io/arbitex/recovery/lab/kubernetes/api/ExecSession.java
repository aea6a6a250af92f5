package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exec: a local process behind a WebSocket. The first byte of a frame is its channel: 0 stdin,
 * 1 stdout, 2 stderr, 3 the status at the end, 4 the size of a terminal (ignored), and 255, in
 * version 5 of the protocol only, "this channel is closed". In version 4 a client that has no more
 * input can only close the whole socket, and gets no status.
 */
final class ExecSession {
  private static final Logger log = LoggerFactory.getLogger(ExecSession.class);
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int STATUS = 3;
  private static final int CLOSE = 255;
  private static final int CHUNK = 32 * 1024;

  private final Session session;
  private final Process process;
  private final OptionalLong cutAfter;
  private final AtomicLong sent = new AtomicLong();
  private final CountDownLatch outputs = new CountDownLatch(2);
  private volatile boolean clientGone;

  /**
   * Starts the process.
   *
   * @param cutAfter bytes of input and output after which the socket is closed; empty for never
   */
  ExecSession(Session session, ProcessBuilder command, boolean stdin, OptionalLong cutAfter)
      throws IOException {
    this.session = session;
    this.process = command.start();
    this.cutAfter = cutAfter;
    if (!stdin) {
      process.getOutputStream().close();
    }
    cutIfDue(0);
    String name = "exec-" + process.pid();
    thread(name + "-out", () -> pump(process.getInputStream(), STDOUT));
    thread(name + "-err", () -> pump(process.getErrorStream(), STDERR));
    thread(name + "-end", this::awaitEnd);
  }

  /** Tells a client whose command could not even be started. */
  static void refuse(Session session, ApiFailure failure) {
    ObjectNode status = failure.status();
    send(session, STATUS, bytes(status), bytes(status).length);
    session.close(1000, "", Callback.NOOP);
  }

  /** Takes a frame; returns when the process has taken the input. */
  void receive(ByteBuffer frame) {
    if (!frame.hasRemaining()) {
      return;
    }
    int channel = frame.get() & 0xff;
    byte[] data = new byte[frame.remaining()];
    frame.get(data);
    if (channel == STDIN) {
      try {
        OutputStream stdin = process.getOutputStream();
        stdin.write(data);
        stdin.flush();
        cutIfDue(data.length);
      } catch (IOException e) {
        // The process does not want more: it has ended, and its exit code tells the client.
        log.debug("exec {} takes no more input", process.pid(), e);
      }
    } else if (channel == CLOSE && data.length == 1 && data[0] == STDIN) {
      endInput();
    }
  }

  /** The client has closed the socket: no more input, and nobody for the output. */
  void clientGone() {
    clientGone = true;
    endInput();
  }

  private void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      log.debug("exec {} has ended before its input", process.pid(), e);
    }
  }

  /** Ends the process, for a lab that goes down. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void pump(InputStream from, int channel) {
    byte[] chunk = new byte[CHUNK];
    try (from) {
      for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
        if (!clientGone && n > 0) {
          send(session, channel, chunk, n);
          cutIfDue(n);
        }
      }
    } catch (IOException e) {
      log.debug("output of exec {} ended", process.pid(), e);
    } finally {
      outputs.countDown();
    }
  }

  private void cutIfDue(int bytes) {
    if (cutAfter.isPresent() && sent.addAndGet(bytes) >= cutAfter.getAsLong()) {
      clientGone = true;
      session.disconnect();
      kill();
    }
  }

  private void awaitEnd() {
    try {
      int code = process.waitFor();
      outputs.await();
      if (!clientGone) {
        byte[] status = bytes(status(code));
        send(session, STATUS, status, status.length);
        session.close(1000, "", Callback.NOOP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill();
    }
  }

  private static ObjectNode status(int code) {
    ObjectNode status = Meta.JSON.createObjectNode();
    status.putObject("metadata");
    if (code == 0) {
      return status.put("status", "Success");
    }
    status
        .put("status", "Failure")
        .put("message", "command terminated with non-zero exit code: exit status " + code)
        .put("reason", "NonZeroExitCode");
    status
        .putObject("details")
        .putArray("causes")
        .addObject()
        .put("reason", "ExitCode")
        .put("message", Integer.toString(code));
    return status;
  }

  private static byte[] bytes(ObjectNode status) {
    return status.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Waits until the frame is on its way, so that a slow client slows the process down. */
  private static void send(Session session, int channel, byte[] data, int length) {
    ByteBuffer frame = ByteBuffer.allocate(length + 1);
    frame.put((byte) channel).put(data, 0, length).flip();
    Callback.Completable done = new Callback.Completable();
    synchronized (session) {
      session.sendBinary(frame, done);
      try {
        done.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        log.debug("the client of an exec has gone", e);
      }
    }
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
