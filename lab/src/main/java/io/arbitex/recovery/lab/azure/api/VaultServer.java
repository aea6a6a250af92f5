package io.arbitex.recovery.lab.azure.api;

import com.sun.net.httpserver.HttpExchange;
import io.arbitex.recovery.lab.azure.operations.Fate;
import io.arbitex.recovery.lab.azure.vaults.Vault;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import javax.net.ssl.SSLContext;

/** The data plane of one key vault. */
final class VaultServer implements AutoCloseable {
  /** The one that the client library pinned here speaks. */
  private static final String API_VERSION = "2025-07-01";

  private static final String CHALLENGE =
      "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000a\","
          + " resource=\"https://vault.azure.net\"";

  private final Endpoint endpoint;
  private final byte[] expected;
  private final SecretRequests requests;
  private final Misbehaviours misbehaviours;

  VaultServer(
      int port, SSLContext tls, String token, Vault vault, Misbehaviours misbehaviours, Clock clock)
      throws IOException {
    this.expected = token == null ? null : ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    this.misbehaviours = misbehaviours;
    this.endpoint = new Endpoint(port, tls, this::answer);
    this.requests = new SecretRequests(vault, new SecretDocument(endpoint.base()), clock);
  }

  void start() {
    endpoint.start();
  }

  int port() {
    return endpoint.port();
  }

  URI address() {
    return URI.create(endpoint.base());
  }

  private ArmAnswer answer(HttpExchange exchange, Endpoint.Body body)
      throws IOException, InterruptedException {
    authenticate(exchange.getRequestHeaders().getFirst("Authorization"));
    String version = Endpoint.apiVersion(exchange.getRequestURI().getQuery());
    if (!API_VERSION.equals(version)) {
      throw ArmFailure.of(
          400,
          "BadParameter",
          "The lab speaks api-version " + API_VERSION + ", not " + version + ".");
    }
    SecretPath path = SecretPath.of(exchange.getRequestURI().getPath());
    String method = exchange.getRequestMethod();
    Fate fate =
        misbehaviours.pass(
            method,
            path.collection(),
            path.name(),
            ArmFailure.of(
                403, "Forbidden", "Caller is not authorized to perform action on resource."));
    if (fate.how() != Fate.How.NORMAL) {
      throw ArmFailure.of(
          400, "BadParameter", "A rule of misbehaviour speaks of an operation; here is none.");
    }
    return requests.answer(method, path, body.read());
  }

  /** The first request comes without a token: its refusal says where to get one, and for what. */
  private void authenticate(String authorization) {
    byte[] given = (authorization == null ? "" : authorization).getBytes(StandardCharsets.UTF_8);
    if (expected != null && !MessageDigest.isEqual(expected, given)) {
      throw ArmFailure.with(
          401,
          "Unauthorized",
          "AKV10000: Request is missing a Bearer or PoP token, or it is a wrong one.",
          "WWW-Authenticate",
          CHALLENGE);
    }
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
