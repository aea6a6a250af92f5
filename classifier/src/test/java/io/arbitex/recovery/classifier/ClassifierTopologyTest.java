package io.arbitex.recovery.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.Decided;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.Examples;
import io.arbitex.recovery.decider.Input;
import io.arbitex.recovery.decider.Replay;
import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.DecisionOutcome;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassifierTopologyTest {
  private final Framing framing = new Framing();
  private final Counters counters = new Counters(new SimpleMeterRegistry());
  private final MovableClock clock = new MovableClock();
  private boolean broken;
  private TopologyTestDriver driver;

  @BeforeEach
  void start() throws InvalidConfiguration {
    Properties properties = new Properties();
    properties.put("application.id", "test");
    properties.put("bootstrap.servers", "unused:1");
    driver =
        new TopologyTestDriver(
            ClassifierTopology.build(
                new Decider(
                    Inventory.parse("platform.yaml", Path.of("/"), Examples.INVENTORY),
                    Policy.parse("runbook.yaml", Path.of("/"), Examples.POLICY)) {
                  @Override
                  public Decided decide(PlatformState before, Input input, Instant moment) {
                    if (broken) {
                      throw new IllegalStateException("a bug");
                    }
                    return super.decide(before, input, moment);
                  }
                },
                framing,
                new Partitions(1),
                clock,
                counters),
            properties,
            clock.instant());
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  private void send(Topic topic, String key, byte[] value) {
    driver
        .createInputTopic(topic.topicName(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput(key, value);
  }

  private void send(Topic topic, SpecificRecordBase value) {
    send(topic, "lab", framing.encode(value));
  }

  private List<TestRecord<String, byte[]>> read(String topic) {
    return driver
        .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  private <T extends SpecificRecordBase> List<T> read(Topic topic, Class<T> type) {
    return read(topic.topicName()).stream()
        .map(record -> framing.decode(record.value(), type))
        .toList();
  }

  private void time(Duration duration) {
    clock.move(duration);
    driver.advanceWallClockTime(duration);
  }

  private void allSay(HealthStatus status, int streak) {
    for (int observer = 0; observer < 3; observer++) {
      send(Topic.HEALTH, health("observer-" + observer, status, streak));
    }
  }

  private HealthEvent health(String observer, HealthStatus status, int streak) {
    return Records.health("lab", observer, status, streak, clock.instant());
  }

  private void restorePoint() {
    send(Topic.BACKUPS, "lab/rp-1", framing.encode(Records.restorePoint("lab", clock.instant())));
  }

  private void disaster() {
    restorePoint();
    allSay(HealthStatus.UP, 3);
    time(Duration.ofSeconds(3));
    allSay(HealthStatus.DOWN, 3);
    time(Duration.ofSeconds(6));
  }

  @Test
  void aDisasterBecomesAPageAPlanAndACommandWithNothingButTimePassing() {
    disaster();
    assertThat(read(Topic.INCIDENTS, IncidentEvent.class))
        .extracting(IncidentEvent::getKind)
        .containsExactly(
            IncidentKind.OPENED, IncidentKind.PLAN_ISSUED, IncidentKind.STEP_DISPATCHED);
    assertThat(read(Topic.COMMANDS_NOTIFY, StepCommand.class))
        .extracting(message -> Facts.find(message.getParameters(), "title").orElse(""))
        .containsExactly("P1: postgresql is DOWN", "Recovery of postgresql runs");
    assertThat(read(Topic.COMMANDS_POSTGRESQL, StepCommand.class))
        .singleElement()
        .satisfies(command -> assertThat(command.getProcedure()).isEqualTo("postgresql.dump"));
  }

  @Test
  void theDecisionLogAloneGivesTheSameDecisionsAgain() throws InvalidConfiguration {
    disaster();
    List<Decision> log = read(Topic.DECISIONS, Decision.class);
    assertThat(log).isNotEmpty();
    Replay replay = new Replay(framing, Optional.empty());
    for (Decision decision : log) {
      assertThat(replay.next(decision))
          .hasValueSatisfying(step -> assertThat(step.identical()).isTrue());
    }
  }

  @Test
  void heartbeatsInQuietTimesAreNotLogged() {
    restorePoint();
    allSay(HealthStatus.UP, 3);
    int before = read(Topic.DECISIONS, Decision.class).size();
    assertThat(before).isPositive();
    for (int i = 0; i < 20; i++) {
      time(Duration.ofSeconds(10));
      allSay(HealthStatus.UP, 4 + i);
    }
    assertThat(read(Topic.DECISIONS, Decision.class)).isEmpty();
  }

  @Test
  void whatCannotBeReadIsADeadLetterWithItsOriginAndTheStreamGoesOn() {
    send(Topic.HEALTH, "lab", "no avro".getBytes(StandardCharsets.UTF_8));
    send(Topic.HEALTH, "another", framing.encode(health("observer-0", HealthStatus.UP, 1)));
    send(Topic.HEALTH, health("observer-9", HealthStatus.UP, 1));
    List<TestRecord<String, byte[]>> dead = read(Topic.DEAD_LETTERS.topicName());
    assertThat(dead).hasSize(3);
    assertThat(dead.get(0).value()).isEqualTo("no avro".getBytes(StandardCharsets.UTF_8));
    assertThat(header(dead.get(0), DeadLetters.TOPIC)).isEqualTo("recovery.health");
    assertThat(header(dead.get(0), DeadLetters.OFFSET)).isEqualTo("0");
    assertThat(header(dead.get(0), DeadLetters.ERROR)).contains("first byte is 6e");
    assertThat(header(dead.get(1), DeadLetters.ERROR)).contains("is not that of this record");
    assertThat(header(dead.get(2), DeadLetters.ERROR)).contains("observer-9");
    disaster();
    assertThat(read(Topic.COMMANDS_POSTGRESQL, StepCommand.class)).hasSize(1);
  }

  private static String header(TestRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void whenTheDeciderThrowsThePlatformIsHeldAPersonIsPagedAndNothingIsSkipped() {
    broken = true;
    restorePoint();
    assertThat(read(Topic.DECISIONS, Decision.class))
        .extracting(Decision::getOutcome)
        .containsExactly(DecisionOutcome.WEDGED);
    assertThat(read(Topic.INCIDENTS, IncidentEvent.class))
        .extracting(IncidentEvent::getKind)
        .containsExactly(IncidentKind.WEDGED);
    assertThat(read(Topic.COMMANDS_NOTIFY, StepCommand.class)).hasSize(1);
    allSay(HealthStatus.UP, 3);
    assertThat(read(Topic.DECISIONS.topicName())).as("held, not decided").isEmpty();

    send(Topic.APPROVALS, approval(ApprovalKind.RELEASE));
    assertThat(read(Topic.DECISIONS, Decision.class))
        .as("still broken: wedged again, and what waits goes on waiting")
        .extracting(Decision::getOutcome)
        .containsExactly(DecisionOutcome.WEDGED);

    broken = false;
    send(Topic.APPROVALS, approval(ApprovalKind.RELEASE));
    assertThat(read(Topic.DECISIONS, Decision.class))
        .extracting(Decision::getOutcome)
        .contains(DecisionOutcome.APPLIED)
        .doesNotContain(DecisionOutcome.WEDGED);
    time(Duration.ofSeconds(3));
    allSay(HealthStatus.DOWN, 3);
    time(Duration.ofSeconds(6));
    assertThat(read(Topic.COMMANDS_POSTGRESQL, StepCommand.class))
        .as("the restore point that came while it was held is known")
        .hasSize(1);
  }

  private Approval approval(ApprovalKind kind) {
    return new Approval("a", "lab", "", kind, "ada", "looked", "", clock.instant(), null);
  }
}
