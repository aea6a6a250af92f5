package io.arbitex.recovery.executors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code notify.slack} against an HTTP server. */
class SlackProcedureTest {
  @TempDir Path folder;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final Deque<Integer> answers = new ArrayDeque<>();
  private HttpServer webhook;

  @BeforeEach
  void startWebhook() throws Exception {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    webhook.createContext(
        "/services/secret-part",
        exchange -> {
          try (exchange) {
            received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(answers.isEmpty() ? 200 : answers.poll(), -1);
          }
        });
    webhook.start();
    Files.writeString(
        folder.resolve("slack-url"),
        "http://127.0.0.1:" + webhook.getAddress().getPort() + "/services/secret-part\n");
  }

  @AfterEach
  void endWebhook() {
    webhook.stop(0);
  }

  @Test
  void theMessageIsPostedOnceInSlacksShape() throws Exception {
    ProcedureBench bench = new ProcedureBench(procedures());
    assertThat(bench.run(command("on-call")).outcome()).isEqualTo(Outcome.DONE);
    assertThat(received).hasSize(1);
    JsonNode message = new ObjectMapper().readTree(received.get(0));
    assertThat(message.path("text").asText()).isEqualTo("P1: postgresql is down");
    assertThat(message.path("blocks").get(0).path("type").asText()).isEqualTo("header");
    assertThat(message.path("blocks").get(1).path("text").path("text").asText())
        .isEqualTo("A restore begins.");
    assertThat(message.path("metadata").path("event_payload").path("id").asText())
        .as("a receiver can see that it got a message twice")
        .isEqualTo("inc-7/notify-0/1");
  }

  @Test
  void anErrorThatMayPassIsTriedAgain() throws Exception {
    answers.addAll(List.of(503, 429));
    assertThat(new ProcedureBench(procedures()).run(command("on-call")).outcome())
        .isEqualTo(Outcome.DONE);
    assertThat(received).hasSize(3);
  }

  @Test
  void aWebhookInTroubleIsGivenUpAtTheDeadlineAndSaysSo() throws Exception {
    answers.addAll(Collections.nCopies(20, 503));
    StepCommand command = command("on-call");
    command.setDeadline(Times.now(Clock.systemUTC()).plusSeconds(3));
    Next.Finished end = new ProcedureBench(procedures()).run(command);
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.error().orElseThrow().getMessage())
        .startsWith("channel on-call answered 503 (after ")
        .endsWith(" tries)");
    assertThat(received).hasSizeBetween(1, 5);
  }

  @Test
  void aWebhookThatIsGoneIsSaidWithoutItsUrl() throws Exception {
    answers.add(404);
    ProcedureBench bench = new ProcedureBench(procedures());
    StepError error = bench.run(command("on-call")).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.TOOL_FAILED);
    assertThat(error.getMessage()).isEqualTo("channel on-call answered 404");
    assertThat(bench.events.toString() + bench.lines + bench.entries).doesNotContain("secret-part");
    assertThat(received).hasSize(1);
  }

  @Test
  void aMessageThatWasPostedIsNotPostedAgainAfterACrash() throws Exception {
    ProcedureBench bench = new ProcedureBench(procedures());
    // The third write remembers that it was posted; accepted and intended come before it.
    bench.crashAfterWrites(3);
    assertThat(bench.run(command("on-call")).outcome()).isEqualTo(Outcome.DONE);
    assertThat(received).hasSize(1);
  }

  @Test
  void anUnknownChannelFailsThePreflight() throws Exception {
    Next.Finished end = new ProcedureBench(procedures()).run(command("nobody"));
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(end.error().orElseThrow().getMessage()).contains("SLACK channel 'nobody'");
  }

  private Procedures procedures() throws Exception {
    Policy policy =
        Policy.parse(
            "runbook.yaml",
            folder,
            """
            version: 1
            channels:
              - name: on-call
                kind: slack
                url: file:slack-url
            """);
    return new Procedures(
        new Inventory(List.of(), ""),
        policy,
        (platform, component) -> Optional.empty(),
        Clock.systemUTC());
  }

  private static StepCommand command(String channel) {
    Instant now = Times.now(Clock.systemUTC());
    return StepCommand.newBuilder()
        .setCommandId("inc-7/notify-0/1")
        .setIncidentId("inc-7")
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId("notify-0")
        .setComponent("")
        .setProcedure("notify.slack")
        .setWorker("notify")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plusSeconds(60))
        .setParameters(
            Facts.of(
                Map.of(
                    "channel", channel,
                    "title", "P1: postgresql is down",
                    "text", "A restore begins.",
                    "severity", "P1",
                    "incident", "inc-7")))
        .build();
  }
}
