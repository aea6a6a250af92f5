package io.arbitex.recovery.lab.azure.api;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** The Azure Resource Manager, on loopback. */
public final class ArmServer implements AutoCloseable {
  private final Gate gate;
  private final Requests requests;
  private final Untruths untruths;
  private final Endpoint endpoint;

  /**
   * @param port 0 for any
   * @param tls null for plain HTTP
   * @param token demanded of each request; null for none
   * @param subscription its id; there is no other
   * @param providers whose resources there are
   */
  public ArmServer(
      int port,
      SSLContext tls,
      String token,
      String subscription,
      Set<String> resourceGroups,
      LongRunning longRunning,
      List<Provider> providers,
      Misbehaviours misbehaviours)
      throws IOException {
    this.gate = new Gate(token, subscription, resourceGroups, misbehaviours);
    this.requests = new Requests(longRunning, providers);
    this.untruths = new Untruths(misbehaviours);
    this.endpoint = new Endpoint(port, tls, this::answer);
  }

  public void start() {
    endpoint.start();
  }

  /** Where clients find it. */
  public URI address() {
    return URI.create(endpoint.base());
  }

  private ArmAnswer answer(HttpExchange exchange, Endpoint.Body body)
      throws IOException, InterruptedException {
    Headers headers = exchange.getRequestHeaders();
    gate.authenticate(headers.getFirst("Authorization"));
    ArmPath path = ArmPath.of(exchange.getRequestURI().getPath());
    gate.check(Endpoint.apiVersion(exchange.getRequestURI().getQuery()), path);
    String method = exchange.getRequestMethod();
    ArmRequest request =
        new ArmRequest(
            method,
            path,
            body.read(),
            headers.getFirst("If-Match"),
            headers.getFirst("If-None-Match"),
            gate.pass(method, path));
    return untruths.told(request, requests.answer(request, endpoint.base()));
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
