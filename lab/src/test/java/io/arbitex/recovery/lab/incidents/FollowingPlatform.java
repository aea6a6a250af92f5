package io.arbitex.recovery.lab.incidents;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.checks.DatabaseAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A platform that follows its connection secret, keeps a session, and tells its health. */
final class FollowingPlatform implements AutoCloseable {
  private final HttpServer http;
  private final Path secret;
  private Connection session;
  private String url = "";

  /** What it says of its own audit chain. */
  private volatile boolean chainValid = true;

  FollowingPlatform(Path secret) throws IOException {
    this.secret = secret;
    this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    http.createContext("/health", exchange -> answer(exchange, follows() ? 200 : 503, "{}"));
    http.createContext(
        "/verify", exchange -> answer(exchange, 200, "{\"chain_valid\": " + chainValid + "}"));
    http.start();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  void findsItsChainBroken(boolean broken) {
    chainValid = !broken;
  }

  /** A session that is kept, as a pool keeps it. */
  private synchronized boolean follows() throws IOException {
    String wanted = Files.readString(secret).strip();
    try {
      if (!wanted.equals(url) || session == null || !session.isValid(1)) {
        end();
        session =
            DatabaseAddress.parse(wanted)
                .connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5));
        url = wanted;
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private void end() throws SQLException {
    if (session != null) {
      session.close();
    }
  }

  @Override
  public synchronized void close() throws SQLException {
    http.stop(0);
    end();
  }
}
