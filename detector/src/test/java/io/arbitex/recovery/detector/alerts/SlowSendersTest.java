package io.arbitex.recovery.detector.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Senders that send a byte now and then (slow loris): they are cut off, and block nobody else. */
@Timeout(60)
class SlowSendersTest {
  private static final String CONFIGURATION =
      """
      receivers:
        from:
          - {name: azure, kind: azure-monitor, token: file:token}
          - {name: alertmanager, kind: alertmanager, token: file:token}
      """;

  @TempDir private Path folder;
  private final List<Socket> slow = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private AlertIntake intake;
  private AlertServer server;
  private Thread trickle;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("token"), "s3cret");
    AlertMetrics metrics = new AlertMetrics(new SimpleMeterRegistry());
    intake =
        new AlertIntake(
            Examples.inventory(),
            (platform, component) -> 0,
            new RecordingTopics(),
            metrics,
            Clock.systemUTC(),
            10);
    intake.start();
    server =
        new AlertServer(
            Examples.settings(folder, CONFIGURATION),
            intake,
            metrics,
            Clock.systemUTC(),
            Duration.ofSeconds(10));
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    end.countDown();
    if (trickle != null) {
      trickle.join();
    }
    for (Socket each : slow) {
      each.close();
    }
    server.close();
    intake.close();
  }

  /** More of them than there are threads, all with the token of one sender. */
  @Test
  void slowBodiesOfOneSenderDoNotKeepAnotherWaiting() throws Exception {
    open(
        60,
        """
        POST /alerts/azure HTTP/1.1
        Host: x
        Authorization: Bearer s3cret
        Content-Length: 4000

        """);
    trickle();
    for (int i = 0; i < 20; i++) {
      long begin = System.nanoTime();
      assertThat(send().statusCode()).isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }
    awaitAllCutOff();
  }

  /** As many as there may be connections, from somebody without a token. */
  @Test
  void slowHeadsAreCutOffAndOthersAreServedAgain() throws Exception {
    open(
        256,
        """
        POST /alerts/azure HTTP/1.1
        X-Slow:\s""");
    trickle();
    assertThat(send().statusCode()).as("behind them").isEqualTo(200);
    awaitAllCutOff();
  }

  private void open(int count, String head) throws IOException {
    byte[] bytes = head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes);
      slow.add(socket);
    }
  }

  /** Goes on for each until it is closed, or the test is over. */
  private void trickle() {
    trickle =
        new Thread(
            () -> {
              try {
                while (!end.await(200, TimeUnit.MILLISECONDS)) {
                  for (Socket each : slow) {
                    trickle(each);
                  }
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "trickle");
    trickle.start();
  }

  private static void trickle(Socket socket) {
    try {
      socket.getOutputStream().write('x');
    } catch (IOException e) {
      // Cut off, which is what is wanted; the reading side says so.
      assertThat(socket.isConnected()).isTrue();
    }
  }

  private void awaitAllCutOff() {
    for (Socket each : slow) {
      assertThat(endOf(each)).as("nothing more is read from it").isTrue();
    }
  }

  /** Whether the server ends the connection before the socket's own time limit. */
  private static boolean endOf(Socket socket) {
    try {
      // After what it was answered, if anything.
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private HttpResponse<String> send() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/alerts/alertmanager"))
            .header("Authorization", "Bearer s3cret")
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofString(Examples.alertmanager("PostgresDown", "X")))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }
}
