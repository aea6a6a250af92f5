package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes over WebSocket: exec, and the watches of clients that prefer it. */
final class Sockets implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sockets.class);
  private static final String PASSED = "passed";

  private final Registry registry;
  private final PodRuntime pods;
  private final Gate gate;
  private final Map<String, ExecSession> execs = new ConcurrentHashMap<>();

  Sockets(Registry registry, PodRuntime pods, Gate gate) {
    this.registry = registry;
    this.pods = pods;
    this.gate = gate;
  }

  /** Before the upgrade a refusal is still an ordinary answer. */
  void check(Context context) throws InterruptedException {
    try {
      gate.authenticate(context.header("Authorization"));
      RequestTarget target = target(ApiServer.path(context));
      boolean exec = target.subresource().equals("exec");
      context.attribute(PASSED, gate.pass(exec ? "create" : "watch", target));
      if (exec) {
        registry.get(target.key());
      }
    } catch (ApiFailure e) {
      throw new HttpResponseException(e.code(), e.getMessage(), Map.of());
    }
  }

  private static RequestTarget target(String path) {
    return RequestTarget.of(path)
        .orElseThrow(() -> ApiFailure.of(404, "NotFound", "there is nothing at " + path));
  }

  void configure(WsConfig socket) {
    socket.onConnect(this::connect);
    socket.onBinaryMessage(
        message -> {
          ExecSession exec = execs.get(message.sessionId());
          if (exec != null) {
            exec.receive(message.data());
          }
        });
    socket.onClose(close -> gone(close.sessionId()));
    socket.onError(error -> gone(error.sessionId()));
  }

  private void gone(String session) {
    ExecSession exec = execs.remove(session);
    if (exec != null) {
      exec.clientGone();
    }
  }

  private void connect(WsContext context) {
    context.session.setIdleTimeout(Duration.ofHours(1));
    RequestTarget target = target(context.session.getUpgradeRequest().getRequestURI().getPath());
    Gate.Passed passed = context.attribute(PASSED);
    if (target.subresource().equals("exec")) {
      exec(context, target, passed == null ? OptionalLong.empty() : passed.cutAfter());
    } else {
      boolean gone = passed != null && passed.watchIsGone();
      watch(context, target, gone);
    }
  }

  private void exec(WsContext context, RequestTarget target, OptionalLong cutAfter) {
    Query query = new Query(context::queryParam);
    try {
      ObjectNode pod = registry.get(target.key());
      ProcessBuilder command =
          pods.exec(pod, query.text("container"), context.queryParams("command"));
      execs.put(
          context.sessionId(),
          new ExecSession(context.session, command, query.isTrue("stdin"), cutAfter));
    } catch (ApiFailure e) {
      ExecSession.refuse(context.session, e);
    } catch (IOException e) {
      log.info("exec in {} failed", target.key(), e);
      ExecSession.refuse(
          context.session,
          ApiFailure.of(
              500, "InternalError", "error executing command in container: " + e.getMessage()));
    }
  }

  private void watch(WsContext context, RequestTarget target, boolean gone) {
    Session session = context.session;
    Watching.Wanted wanted = new Query(context::queryParam).watch(target);
    Thread thread =
        new Thread(
            () -> {
              try {
                if (gone) {
                  send(session, Watching.gone());
                } else {
                  new Watching(
                          registry.store(),
                          wanted,
                          line -> send(session, line),
                          () -> !session.isOpen())
                      .run();
                }
                session.close(1000, "", Callback.NOOP);
              } catch (IOException e) {
                log.debug("a watch of {} ended: the client has gone", target.type().plural(), e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "watch-" + target.type().plural());
    thread.setDaemon(true);
    thread.start();
  }

  private static void send(Session session, String line) throws IOException {
    Callback.Completable done = new Callback.Completable();
    session.sendText(line, done);
    try {
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while sending", e);
    } catch (ExecutionException e) {
      throw new IOException("the client takes no more", e);
    }
  }

  /** Ends the processes that clients have started. */
  @Override
  public void close() {
    execs.values().forEach(ExecSession::kill);
  }
}
