package io.arbitex.recovery.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.YamlDocument;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kill switch that is a page: what does not say that it may go on, stops. */
@Timeout(30)
class KillSwitchPageTest {
  @TempDir Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger lost = new AtomicInteger();
  private HttpServer server;
  private URI page;
  private volatile int status = 200;
  private volatile String says = "run";

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.setExecutor(threads);
    server.createContext(
        "/switch",
        exchange -> {
          try (exchange) {
            if (lost.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
              exchange.sendResponseHeaders(502, -1);
              return;
            }
            byte[] body = says.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.createContext(
        "/trickle",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("run".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    page =
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/switch?token=hunter2");
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void itSaysWhoIsStopped() throws Exception {
    KillSwitch killSwitch = KillSwitch.of(page);
    assertThat(killSwitch.thrownFor("lab")).isEmpty();
    says = " stop \n";
    assertThat(killSwitch.thrownFor("lab").orElse("")).contains("/switch is thrown");
    says = "stop other\nstop third\n";
    assertThat(killSwitch.thrownFor("lab")).isEmpty();
    assertThat(killSwitch.thrownFor("third")).isPresent();
    says = "stop other\nstop";
    assertThat(killSwitch.thrownFor("lab")).isPresent();
  }

  @Test
  void whatDoesNotSaySoStopsAll() throws Exception {
    KillSwitch killSwitch = KillSwitch.of(page);
    for (String text : new String[] {"", "running", "run\nstop", "other", "<html>log in</html>"}) {
      says = text;
      assertThat(killSwitch.thrownFor("lab").orElse("goes on"))
          .as("'%s'", text)
          .contains("nothing is changed")
          .doesNotContain("hunter2");
    }
    KillSwitch knowing = killSwitch.knowing(Set.of("lab", "other"));
    for (String text : new String[] {"stop all", "stop *", "stop Other", "stop  other"}) {
      says = text;
      assertThat(knowing.thrownFor("lab").orElse("goes on")).contains("nothing is changed");
    }
    says = "run";
    for (int each : new int[] {204, 302, 404, 500}) {
      status = each;
      assertThat(killSwitch.thrownFor("lab").orElse("goes on")).contains("it answers " + each);
    }
  }

  @Test
  void aPageThatCannotBeReadOrHangsStopsAll() throws Exception {
    assertThat(KillSwitch.of(page.resolve("/trickle")).thrownFor("lab").orElse("goes on"))
        .contains("no answer within 2000 ms");
    server.stop(0);
    assertThat(KillSwitch.of(page).thrownFor("lab").orElse("goes on"))
        .contains("cannot be read, so nothing is changed")
        .doesNotContain("hunter2");
  }

  @Test
  void oneAnswerThatIsLostDoesNotEndALongRestore() throws Exception {
    lost.set(2);
    assertThat(KillSwitch.of(page).thrownFor("lab")).isEmpty();
    lost.set(3);
    assertThat(KillSwitch.of(page).thrownFor("lab").orElse("goes on")).contains("it answers 502");
  }

  @Test
  void theFieldIsAPathOrAnAddress() throws Exception {
    assertThat(read(page.toString()).thrownFor("lab")).isEmpty();
    says = "stop";
    assertThat(read(page.toString()).thrownFor("lab")).isPresent();
    Files.writeString(folder.resolve("thrown"), "");
    assertThat(read("thrown").thrownFor("lab")).isPresent();
    assertThat(read("absent").thrownFor("lab")).isEmpty();
    for (String wrong : new String[] {"ftp://host/x", "http://", "http://a b/", "''"}) {
      Optional<InvalidConfiguration> refused = Optional.empty();
      try {
        read(wrong);
      } catch (InvalidConfiguration e) {
        refused = Optional.of(e);
      }
      assertThat(refused).as(wrong).isPresent();
      assertThat(refused.get())
          .hasMessageContaining("killSwitch: '" + wrong.replace("'", "") + "' is n");
    }
  }

  private KillSwitch read(String value) throws Exception {
    Path file = Files.writeString(folder.resolve("s.yaml"), "killSwitch: " + value + "\n");
    return YamlDocument.read(file, root -> KillSwitch.read(root, "killSwitch"));
  }
}
