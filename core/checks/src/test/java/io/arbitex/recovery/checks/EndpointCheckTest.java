package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.record.CheckStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointCheckTest {
  private final EndpointCheck check = new EndpointCheck(Duration.ofSeconds(20));
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  private URI answer(String path, int status, String body, String neededToken) {
    server.createContext(
        path,
        exchange -> {
          String given = exchange.getRequestHeaders().getFirst("Authorization");
          boolean allowed = neededToken.isEmpty() || ("Bearer " + neededToken).equals(given);
          byte[] bytes = (allowed ? body : "{}").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(allowed ? status : 401, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Test
  void onlyStatus200IsHealthy() throws InterruptedException {
    assertThat(check.health(answer("/good", 200, "{}", "")).passed()).isTrue();
    CheckResult bad = check.health(answer("/bad", 503, "{}", ""));
    assertThat(bad.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(bad.measured()).isEqualTo("status 503");
  }

  @Test
  void anAuditVerifyNeedsTheTokenAndTrue() throws InterruptedException {
    URI valid = answer("/valid", 200, "{\"chain_valid\": true, \"events\": 5}", "token");
    assertThat(check.auditVerify(valid, "token").passed()).isTrue();
    CheckResult refused = check.auditVerify(valid, "other");
    assertThat(refused.passed()).isFalse();
    assertThat(refused.measured()).isEqualTo("status 401, chain_valid absent");
    assertThat(check.auditVerify(answer("/no", 200, "{\"chain_valid\": false}", ""), "t").passed())
        .isFalse();
    assertThat(
            check
                .auditVerify(answer("/text", 200, "{\"chain_valid\": \"true\"}", ""), "t")
                .passed())
        .isFalse();
    assertThat(check.auditVerify(answer("/html", 200, "<html>", ""), "t").passed()).isFalse();
  }

  @Test
  void noAnswerInTimeIsAnErrorAndNotAFail() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    server.createContext(
        "/slow",
        exchange -> {
          try {
            end.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    URI slow = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/slow");
    CheckResult result = new EndpointCheck(Duration.ofMillis(500)).health(slow);
    end.countDown();
    assertThat(result.status()).isEqualTo(CheckStatus.ERROR);
    assertThat(result.measured()).startsWith("no answer");
  }
}
