package io.arbitex.recovery.lab.kubernetes.api;

import io.arbitex.recovery.lab.kubernetes.store.Registry;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The API server's HTTPS: on loopback only, and for nobody without the token. */
public final class ApiServer implements AutoCloseable {
  /** Each open watch over HTTP, each exec and each hung request holds one. */
  private static final int THREADS = 300;

  private static final int LONGEST_FRAME = 4 * 1024 * 1024;
  private static final Duration IDLE = Duration.ofMinutes(60);

  private final Javalin server;
  private final Sockets sockets;

  /**
   * @param port 0 for any
   * @param token that every client has to present
   * @param tls with the server's key
   */
  public ApiServer(
      int port,
      String token,
      SSLContext tls,
      Registry registry,
      PodRuntime pods,
      Misbehaviours misbehaviours,
      Clock clock) {
    Gate gate = new Gate(token, misbehaviours);
    Requests requests = new Requests(registry, pods, gate, clock);
    this.sockets = new Sockets(registry, pods, gate);
    this.server = Javalin.create(config -> configure(config, port, tls, requests));
  }

  private void configure(JavalinConfig config, int port, SSLContext tls, Requests requests) {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 8);
    threads.setName("kubernetes-http");
    threads.setDaemon(true);
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.maxRequestSize = LONGEST_FRAME;
    config.jetty.threadPool = threads;
    config.jetty.addConnector((jetty, http) -> connector(jetty, http, port, tls));
    config.jetty.modifyWebSocketServletFactory(
        factory -> {
          factory.setMaxBinaryMessageSize(LONGEST_FRAME);
          factory.setMaxTextMessageSize(LONGEST_FRAME);
          factory.setMaxFrameSize(LONGEST_FRAME);
          factory.setIdleTimeout(IDLE);
        });
    Handler all = requests::handle;
    for (String path : List.of("/", "/*")) {
      config.routes.get(path, all);
      config.routes.post(path, all);
      config.routes.put(path, all);
      config.routes.patch(path, all);
      config.routes.delete(path, all);
    }
    config.routes.wsBeforeUpgrade(sockets::check);
    config.routes.ws("/*", sockets::configure);
  }

  private static ServerConnector connector(
      Server jetty, HttpConfiguration http, int port, SSLContext tls) {
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setSslContext(tls);
    HttpConfiguration secure = new HttpConfiguration(http);
    secure.setSendServerVersion(false);
    // Clients come by address, for which there is no server name to check.
    secure.addCustomizer(new SecureRequestCustomizer(false));
    ServerConnector connector =
        new ServerConnector(
            jetty,
            1,
            1,
            new SslConnectionFactory(ssl, "http/1.1"),
            new HttpConnectionFactory(secure));
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    connector.setPort(port);
    connector.setIdleTimeout(IDLE.toMillis());
    return connector;
  }

  public void start() {
    server.start();
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    sockets.close();
    server.stop();
  }

  /** The path as it came, without its query. */
  static String path(Context context) {
    return context.req().getRequestURI();
  }
}
