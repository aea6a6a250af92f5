package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.AlertSender;
import io.arbitex.recovery.alerts.ReceivedAlert;
import io.arbitex.recovery.alerts.SubscriptionValidation;
import io.arbitex.recovery.alerts.UnreadableAlert;
import io.arbitex.recovery.detector.alerts.AlertMetrics.Rejection;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /alerts/NAME} for each sender. Answers: 200 when Kafka has all of it; 400 not a
 * message of this sender; 401 without its token; 404 no such sender; 408 too slow; 413 too large;
 * 503 with Retry-After when it is not known to be kept, after which senders come again. No answer
 * waits for Kafka longer than {@link #WAIT}, and no line of a log holds an address's query, where a
 * token may stand.
 */
final class AlertServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertServer.class);

  /** How long Kafka may take; senders are answered within a second. */
  static final Duration WAIT = Duration.ofMillis(800);

  /** For a whole body. */
  static final Duration BODY = Duration.ofSeconds(3);

  /** Of a connection on which nothing comes. */
  private static final Duration IDLE = Duration.ofSeconds(3);

  /** For the head of a request; longer than {@link #IDLE}, which ends those that are just kept. */
  private static final Duration HEAD = Duration.ofSeconds(5);

  private static final int CONNECTIONS = 256;
  private static final int THREADS = 32;

  /** Bodies of one sender that are read at once: each holds a thread until it has come. */
  private static final int BODIES = 8;

  private final ReceiverSettings settings;
  private final Map<String, ReceiverSettings.Sender> senders;
  private final AlertIntake intake;
  private final AlertMetrics metrics;
  private final Clock clock;
  private final Duration wait;
  private final Javalin server;
  private final SlowHeads slowHeads = new SlowHeads(HEAD);
  private final Map<String, Semaphore> reading;

  /**
   * @param wait how long Kafka may take; {@link #WAIT} but in tests
   */
  AlertServer(
      ReceiverSettings settings,
      AlertIntake intake,
      AlertMetrics metrics,
      Clock clock,
      Duration wait) {
    this.settings = settings;
    this.senders =
        settings.from().stream()
            .collect(Collectors.toMap(ReceiverSettings.Sender::name, Function.identity()));
    this.reading =
        senders.keySet().stream()
            .collect(Collectors.toMap(Function.identity(), name -> new Semaphore(BODIES)));
    this.intake = intake;
    this.metrics = metrics;
    this.clock = clock;
    this.wait = wait;
    this.server = Javalin.create(this::configure);
  }

  private void configure(JavalinConfig config) {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
    threads.setName("alerts-http");
    threads.setDaemon(true);
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.jetty.threadPool = threads;
    config.jetty.addConnector(this::connector);
    config.routes.post("/alerts/{name}", this::post);
    config.routes.options("/alerts/{name}", this::options);
  }

  private ServerConnector connector(Server jetty, HttpConfiguration http) {
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(jetty, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(settings.bind());
    connector.setPort(settings.port());
    connector.setIdleTimeout(IDLE.toMillis());
    connector.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
    connector.addBean(slowHeads);
    return connector;
  }

  void start() {
    server.start();
  }

  int port() {
    return server.port();
  }

  private void post(Context context) {
    Optional<ReceiverSettings.Sender> sender = admitted(context);
    if (sender.isEmpty()) {
      return;
    }
    String name = sender.get().name();
    try {
      if (context.req().getContentLengthLong() > settings.maxBytes()) {
        throw new Body.TooLarge(settings.maxBytes());
      }
      Semaphore turn = reading.get(name);
      if (!turn.tryAcquire()) {
        context.header("Connection", "close");
        again(
            context, name, Rejection.TOO_MANY, "too many of your messages are still on their way");
        return;
      }
      byte[] body;
      try {
        body = Body.read(context.bodyInputStream(), settings.maxBytes(), BODY);
      } finally {
        turn.release();
      }
      if (sender.get().kind() == AlertSender.EVENT_GRID) {
        Optional<String> code = SubscriptionValidation.code(body);
        if (code.isPresent()) {
          log.info("{}: a subscription of Event Grid is confirmed", name);
          context.json(Map.of("validationResponse", code.get()));
          return;
        }
      }
      take(context, name, sender.get().kind().read(body, clock.instant()), body.length);
    } catch (UnreadableAlert e) {
      refuse(context, name, Rejection.MALFORMED, 400, e.getMessage());
    } catch (Body.TooLarge e) {
      refuse(context, name, Rejection.TOO_LARGE, 413, e.getMessage());
    } catch (IOException e) {
      // The rest of the body is still on its way, and nobody will read it.
      context.header("Connection", "close");
      refuse(context, name, Rejection.TOO_SLOW, 408, "the body did not come: " + e.getMessage());
    }
  }

  private void take(Context context, String name, List<ReceivedAlert> alerts, int size) {
    Optional<CompletableFuture<AlertIntake.Taken>> kept = intake.take(name, alerts, size);
    if (kept.isEmpty()) {
      again(context, name, Rejection.QUEUE_FULL, "too much is waiting to be kept");
      return;
    }
    context.future(
        () ->
            kept.get()
                .orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS)
                .handle(
                    (taken, error) -> {
                      if (error == null) {
                        context.result(
                            "taken: %d mapped to components, %d to none%n"
                                .formatted(taken.mapped(), taken.unmapped()));
                      } else {
                        again(context, name, Rejection.NOT_KEPT, "not known to be kept");
                      }
                      return null;
                    }));
  }

  private void again(Context context, String name, Rejection why, String text) {
    context.header("Retry-After", "5");
    refuse(context, name, why, 503, text + ": send it again");
  }

  private void refuse(Context context, String name, Rejection why, int status, String text) {
    metrics.rejected(name, why);
    log.debug("{}: {} {}", name, status, text);
    context.status(status).result(text + "\n");
  }

  /** The handshake of CloudEvents ("HTTP 1.1 Web Hooks for Event Delivery", section 4). */
  private void options(Context context) {
    Optional<ReceiverSettings.Sender> sender = admitted(context);
    if (sender.isEmpty()) {
      return;
    }
    String origin = context.header("WebHook-Request-Origin");
    if (origin == null
        || sender.get().allowedOrigins().stream().noneMatch(origin::equalsIgnoreCase)) {
      refuse(
          context,
          sender.get().name(),
          Rejection.UNAUTHORIZED,
          403,
          "this origin is none of the allowedOrigins of the receiver");
      return;
    }
    context.header("WebHook-Allowed-Origin", origin);
    context.header("WebHook-Allowed-Rate", "120");
    context.header("Allow", "POST");
    context.status(200);
  }

  private Optional<ReceiverSettings.Sender> admitted(Context context) {
    ReceiverSettings.Sender sender = senders.get(context.pathParam("name"));
    if (sender == null) {
      refuse(context, "unknown", Rejection.UNKNOWN_RECEIVER, 404, "no such receiver");
      return Optional.empty();
    }
    String token;
    try {
      // Read each time, so that a new token counts at once.
      token = sender.token().resolve();
    } catch (IOException e) {
      log.error("{}: its token cannot be read, nobody is let in: {}", sender.name(), e.toString());
      again(context, sender.name(), Rejection.UNAUTHORIZED, "the receiver cannot read its token");
      return Optional.empty();
    }
    if (Access.granted(
        sender.kind(), context.header("Authorization"), context.queryParam("token"), token)) {
      return Optional.of(sender);
    }
    context.header("WWW-Authenticate", "Bearer");
    refuse(context, sender.name(), Rejection.UNAUTHORIZED, 401, "show the token of the receiver");
    return Optional.empty();
  }

  @Override
  public void close() {
    server.stop();
    slowHeads.close();
  }
}
