package io.arbitex.recovery.lab.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A path to a name goes where the name leads at that moment. */
class ResolvedTargetTest {
  private HttpServer names;
  private ResolvedTarget target;
  private volatile int status = 200;
  private volatile String answer = addresses("127.1.78.1");
  private volatile String asked = "";

  @BeforeEach
  void start() throws IOException {
    names = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    names.createContext(
        "/",
        exchange -> {
          asked = exchange.getRequestURI().toString();
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          try (exchange) {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    names.start();
    URI before = URI.create("http://127.0.0.1:" + names.getAddress().getPort() + "/names/");
    target = new ResolvedTarget(before, "api.arbitex.lab", 8080);
  }

  @AfterEach
  void stop() {
    names.stop(0);
  }

  private static String addresses(String one) {
    return "{\"names\": [], \"addresses\": [\"" + one + "\"], \"ttl\": 1}";
  }

  private String host() throws IOException, InterruptedException {
    return target.address().getAddress().getHostAddress() + ":" + target.address().getPort();
  }

  @Test
  void eachConnectionGoesWhereTheNameLeadsNow() throws Exception {
    assertThat(host()).isEqualTo("127.1.78.1:8080");
    assertThat(asked).isEqualTo("/names/api.arbitex.lab?view=public");
    answer = addresses("127.2.78.9");
    assertThat(host()).isEqualTo("127.2.78.9:8080");
  }

  @Test
  void theLastAnswerCountsWhileNobodyCanBeAsked() throws Exception {
    host();
    status = 500;
    assertThat(host()).isEqualTo("127.1.78.1:8080");
    names.stop(0);
    assertThat(host()).isEqualTo("127.1.78.1:8080");
  }

  @Test
  void aNameThatIsGoneLeadsNowhere() throws Exception {
    host();
    status = 404;
    assertThatThrownBy(() -> target.address())
        .isInstanceOf(IOException.class)
        .hasMessage("api.arbitex.lab has no address");
  }
}
