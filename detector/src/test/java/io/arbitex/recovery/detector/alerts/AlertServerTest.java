package io.arbitex.recovery.detector.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Speaks to the real server on the loopback, as the senders do. */
@Timeout(30)
class AlertServerTest {
  private static final String CONFIGURATION =
      """
      receivers:
        maxBytes: 4096
        from:
          - {name: alertmanager-a, kind: alertmanager, token: file:token}
          - {name: alertmanager-b, kind: alertmanager, token: file:token}
          - {name: azure, kind: azure-monitor, token: file:token}
          - {name: grid, kind: event-grid, token: file:token}
      """;

  /** Messages for which there is room. */
  private static final int ROOM = 3;

  @TempDir private Path folder;
  private final RecordingTopics topics = new RecordingTopics();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HttpClient client = HttpClient.newHttpClient();
  private AlertIntake intake;
  private AlertServer server;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("token"), "s3cret\n");
    AlertMetrics metrics = new AlertMetrics(registry);
    intake =
        new AlertIntake(
            Examples.inventory(),
            (platform, component) -> 4,
            topics,
            metrics,
            Clock.systemUTC(),
            ROOM);
    intake.start();
    serve(Duration.ofSeconds(10));
  }

  /**
   * With a patience with Kafka that a busy machine does not use up, where that is not the point.
   */
  private void serve(Duration wait) throws Exception {
    AlertMetrics metrics = new AlertMetrics(registry);
    server =
        new AlertServer(
            Examples.settings(folder, CONFIGURATION), intake, metrics, Clock.systemUTC(), wait);
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    intake.close();
  }

  @Test
  void aGroupBecomesOneEventForEachAlertBeforeTheSenderIsAnswered() throws Exception {
    HttpResponse<String> answer =
        send("alertmanager-a", Examples.alertmanager("PostgresDown", "PostgresDown"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("2 mapped");
    assertThat(topics.health).hasSize(2);
    HealthEvent firing = topics.health.get(0);
    assertThat(firing.getStatus()).isEqualTo(HealthStatus.DOWN);
    assertThat(firing.getObserver()).isEqualTo("alertmanager-a");
    assertThat(firing.getBindingEpoch()).isEqualTo(4);
    HealthEvent resolved = topics.health.get(1);
    assertThat(resolved.getStatus()).isEqualTo(HealthStatus.UP);
    assertThat(resolved.getSymptom()).isEqualTo(Symptom.NONE);
    assertThat(count("recovery.alerts.received")).isEqualTo(2);
    assertThat(count("recovery.alerts.mapped")).isEqualTo(2);
  }

  /** Alertmanager, issue 4108: redundant senders, and each repeats what fires. */
  @Test
  void whatTwoReceiversHearTwiceHasOneIdentity() throws Exception {
    String group = Examples.alertmanager("PostgresDown", "Other");
    for (String receiver : new String[] {"alertmanager-a", "alertmanager-b", "alertmanager-a"}) {
      assertThat(send(receiver, group).statusCode()).isEqualTo(200);
    }
    assertThat(topics.health).hasSize(3);
    assertThat(topics.health).extracting(HealthEvent::getAlertId).containsOnly(firstIdentity());
    assertThat(topics.health).extracting(HealthEvent::getId).containsOnly(firstId());
  }

  private String firstIdentity() {
    return topics.health.get(0).getAlertId();
  }

  private String firstId() {
    return topics.health.get(0).getId();
  }

  @Test
  void anAlertThatMapsToNoComponentIsKeptAndCountedNotGuessed() throws Exception {
    HttpResponse<String> answer = send("alertmanager-a", Examples.alertmanager("X", "Y"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("2 to none");
    assertThat(topics.health).isEmpty();
    assertThat(topics.unmapped).hasSize(2);
    assertThat(topics.unmapped.get(0).why()).isEqualTo("maps to no component");
    assertThat(topics.unmapped.get(0).alert().labels()).containsEntry("alertname", "X");
    assertThat(count("recovery.alerts.unmapped")).isEqualTo(2);
  }

  @Test
  void withoutTheTokenNothingComesToATopic() throws Exception {
    String group = Examples.alertmanager("PostgresDown", "X");
    for (String header :
        new String[] {
          null,
          "",
          "Bearer",
          "Bearer ",
          "Bearer wrong",
          "Bearer s3cre",
          "Token s3cret",
          "s3cret",
          basic("wrong"),
          "Basic ###"
        }) {
      HttpRequest.Builder request = request("alertmanager-a", group);
      if (header != null) {
        request.header("Authorization", header);
      }
      assertThat(send(request).statusCode()).as("%s", header).isEqualTo(401);
    }
    // Only senders that can do no other may show it in the address.
    assertThat(send(request("alertmanager-a?token=s3cret", group)).statusCode()).isEqualTo(401);
    assertThat(send(request("azure?token=wrong", Examples.AZURE)).statusCode()).isEqualTo(401);
    assertThat(send(request("nobody", group)).statusCode()).isEqualTo(404);
    assertThat(topics.health).isEmpty();
    assertThat(topics.unmapped).isEmpty();
  }

  @Test
  void theTokenMayBeThePasswordOfBasicOrForAzureStandInTheAddress() throws Exception {
    assertThat(
            send(request("alertmanager-a", Examples.alertmanager("PostgresDown", "X"))
                    .header("Authorization", basic("s3cret")))
                .statusCode())
        .isEqualTo(200);
    assertThat(send(request("azure?token=s3cret", Examples.AZURE)).statusCode()).isEqualTo(200);
    assertThat(topics.health).hasSize(2);
  }

  @Test
  void aTokenThatCannotBeReadLetsNobodyIn() throws Exception {
    Files.writeString(folder.resolve("token"), "");
    assertThat(
            send(request("azure", Examples.AZURE).header("Authorization", "Bearer ")).statusCode())
        .isEqualTo(401);
    Files.delete(folder.resolve("token"));
    assertThat(send("azure", Examples.AZURE).statusCode()).isEqualTo(503);
    assertThat(topics.health).isEmpty();
  }

  @Test
  void tooLargeAndMalformedMessagesAreRefusedAndCounted() throws Exception {
    String large = "[" + " ".repeat(5_000) + "]";
    assertThat(send("azure", large).statusCode()).isEqualTo(413);
    HttpRequest.Builder chunked =
        HttpRequest.newBuilder(address("azure"))
            .header("Authorization", "Bearer s3cret")
            .POST(
                HttpRequest.BodyPublishers.fromPublisher(
                    HttpRequest.BodyPublishers.ofString(large)));
    assertThat(send(chunked).statusCode()).isEqualTo(413);
    HttpResponse<String> malformed = send("azure", "{nonsense hunter2");
    assertThat(malformed.statusCode()).isEqualTo(400);
    assertThat(malformed.body().strip()).doesNotContain("hunter2", "\n");
    assertThat(send("azure", Examples.alertmanager("A", "B")).statusCode()).isEqualTo(400);
    assertThat(count("recovery.alerts.rejected", "reason", "too-large")).isEqualTo(2);
    assertThat(count("recovery.alerts.rejected", "reason", "malformed")).isEqualTo(2);
    assertThat(topics.health).isEmpty();
  }

  @Test
  void whileKafkaIsAwayTheSenderIsToldWithinASecondToComeAgain() throws Exception {
    server.close();
    serve(AlertServer.WAIT);
    CountDownLatch back = new CountDownLatch(1);
    topics.answer =
        () -> {
          await(back);
          return CompletableFuture.completedFuture(null);
        };
    for (int i = 0; i < ROOM + 1; i++) {
      long begin = System.nanoTime();
      HttpResponse<String> answer = send("azure", Examples.AZURE);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      // A second, and another for a machine that is busy.
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }
    assertThat(count("recovery.alerts.rejected", "reason", "queue-full")).isEqualTo(1);
    back.countDown();
    topics.answer = () -> CompletableFuture.completedFuture(null);
    HttpResponse<String> answer = send("azure", Examples.AZURE);
    for (int i = 0; i < 5 && answer.statusCode() == 503; i++) {
      answer = send("azure", Examples.AZURE);
    }
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(topics.health).extracting(HealthEvent::getAlertId).containsOnly(firstIdentity());
  }

  @Test
  void whatCouldNotBePublishedIsSaidToTheSenderAndOnTheHealthPage() throws Exception {
    topics.answer = () -> CompletableFuture.failedFuture(new IOException("no broker"));
    assertThat(send("azure", Examples.AZURE).statusCode()).isEqualTo(503);
    assertThat(intake.sick()).hasValueSatisfying(why -> assertThat(why).contains("no broker"));
    topics.answer = () -> CompletableFuture.completedFuture(null);
    assertThat(send("azure", Examples.AZURE).statusCode()).isEqualTo(200);
    assertThat(intake.sick()).isEmpty();
  }

  @Test
  void oneMessageThatCannotBeHandledDoesNotEndTheIntake() throws Exception {
    topics.answer =
        () -> {
          throw new IllegalStateException("a defect");
        };
    assertThat(send("azure", Examples.AZURE).statusCode()).isEqualTo(503);
    topics.answer = () -> CompletableFuture.completedFuture(null);
    assertThat(send("azure", Examples.AZURE).statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatTricklesIsCutOff() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      String head =
          """
          POST /alerts/azure HTTP/1.1
          Host: x
          Authorization: Bearer s3cret
          Content-Length: 4000

          """;
      out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> firstLine(socket));
      trickle(out, answer);
      assertThat(answer.get(10, TimeUnit.SECONDS)).contains("408");
    }
    assertThat(send("azure", Examples.AZURE).statusCode()).isEqualTo(200);
  }

  private static void trickle(OutputStream out, CompletableFuture<String> answer)
      throws IOException, InterruptedException {
    while (!answer.isDone()) {
      try {
        out.write(' ');
        out.flush();
      } catch (SocketException e) {
        return; // The server has closed the connection, which is what is wanted.
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static String firstLine(Socket socket) {
    try {
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    } catch (IOException e) {
      return "closed: " + e;
    }
  }

  @Test
  void aSubscriptionOfEventGridIsConfirmedInItsOwnSchema() throws Exception {
    String question =
        """
        [{"id": "2d1781af", "topic": "/subscriptions/s1", "subject": "",
          "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
          "eventTime": "2026-11-22T10:00:00Z", "metadataVersion": "1", "dataVersion": "2",
          "data": {"validationCode": "512d38b6", "validationUrl": "https://x.invalid/"}}]
        """;
    HttpResponse<String> answer =
        send(
            request("grid?token=s3cret", question)
                .header("aeg-event-type", "SubscriptionValidation"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"validationResponse\":\"512d38b6\"}");
    assertThat(send(request("grid", question)).statusCode()).isEqualTo(401);
    assertThat(topics.unmapped).isEmpty();
  }

  @Test
  void aSubscriptionOfCloudEventsIsConfirmedForKnownOriginsOnly() throws Exception {
    HttpResponse<String> good = options("grid?token=s3cret", "eventgrid.azure.net");
    assertThat(good.statusCode()).isEqualTo(200);
    assertThat(good.headers().firstValue("WebHook-Allowed-Origin")).hasValue("eventgrid.azure.net");
    assertThat(good.headers().firstValue("WebHook-Allowed-Rate")).isPresent();
    assertThat(options("grid?token=s3cret", "evil.example").statusCode()).isEqualTo(403);
    assertThat(options("grid", "eventgrid.azure.net").statusCode()).isEqualTo(401);
    assertThat(options("azure?token=s3cret", "eventgrid.azure.net").statusCode()).isEqualTo(403);
  }

  @Test
  void cloudEventsComeAloneOrInABatch() throws Exception {
    assertThat(send("grid", Examples.CLOUD_EVENT).statusCode()).isEqualTo(200);
    HttpRequest.Builder batch =
        request("grid?token=s3cret", "[" + Examples.CLOUD_EVENT + "," + Examples.CLOUD_EVENT + "]")
            .setHeader("Content-Type", "application/cloudevents-batch+json");
    assertThat(send(batch).statusCode()).isEqualTo(200);
    assertThat(topics.health).hasSize(3);
    assertThat(topics.health).extracting(HealthEvent::getId).containsOnly(firstId());
  }

  private URI address(String receiver) {
    return URI.create("http://127.0.0.1:" + server.port() + "/alerts/" + receiver);
  }

  private HttpRequest.Builder request(String receiver, String body) {
    return HttpRequest.newBuilder(address(receiver))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpResponse<String> send(String receiver, String body) throws Exception {
    return send(request(receiver, body).header("Authorization", "Bearer s3cret"));
  }

  private HttpResponse<String> options(String receiver, String origin) throws Exception {
    return send(
        HttpRequest.newBuilder(address(receiver))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("WebHook-Request-Origin", origin));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String basic(String password) {
    return "Basic "
        + Base64.getEncoder().encodeToString(("any:" + password).getBytes(StandardCharsets.UTF_8));
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counters().stream().mapToDouble(c -> c.count()).sum();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let it go on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
