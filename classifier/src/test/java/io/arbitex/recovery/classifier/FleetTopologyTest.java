package io.arbitex.recovery.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.Examples;
import io.arbitex.recovery.decider.Replay;
import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two platforms, of which one may recover at a time. */
class FleetTopologyTest {
  private static final String TWO =
      Examples.INVENTORY
          + Examples.INVENTORY.replace("platforms:\n", "").replace("name: lab", "name: other");

  private final Framing framing = new Framing();
  private final MovableClock clock = new MovableClock();
  private final Counters counters = new Counters(new SimpleMeterRegistry());
  private final Decider decider = Examples.decider(TWO, Examples.POLICY);
  private final Topology topology =
      ClassifierTopology.build(decider, framing, new Partitions(1), clock, counters);
  private TopologyTestDriver driver;

  @BeforeEach
  void start() {
    Properties properties = new Properties();
    properties.put("application.id", "test");
    properties.put("bootstrap.servers", "unused:1");
    driver = new TopologyTestDriver(topology, properties, clock.instant());
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  private void send(Topic topic, String key, SpecificRecordBase value) {
    driver
        .createInputTopic(topic.topicName(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput(key, framing.encode(value));
  }

  private <T extends SpecificRecordBase> List<T> read(Topic topic, Class<T> type) {
    return driver
        .createOutputTopic(topic.topicName(), new StringDeserializer(), new ByteArrayDeserializer())
        .readValuesToList()
        .stream()
        .map(bytes -> framing.decode(bytes, type))
        .toList();
  }

  private void time(Duration duration) {
    clock.move(duration);
    driver.advanceWallClockTime(duration);
  }

  private void says(String platform, HealthStatus status) {
    for (int i = 0; i < 3; i++) {
      send(
          Topic.HEALTH,
          platform,
          Records.health(platform, "observer-" + i, status, 3, clock.instant()));
    }
  }

  private void bothAreLost() {
    for (String platform : List.of("other", "lab")) {
      send(Topic.BACKUPS, platform + "/rp-1", Records.restorePoint(platform, clock.instant()));
      says(platform, HealthStatus.UP);
    }
    time(Duration.ofSeconds(3));
    says("other", HealthStatus.DOWN);
    time(Duration.ofMillis(200));
    says("lab", HealthStatus.DOWN);
    time(Duration.ofSeconds(6));
  }

  private List<String> dispatched() {
    return read(Topic.COMMANDS_POSTGRESQL, StepCommand.class).stream()
        .filter(command -> command.getKind() == CommandKind.EXECUTE)
        .map(StepCommand::getPlatform)
        .toList();
  }

  @Test
  void theSecondWaitsUntilTheFirstHasEndedAndEveryDecisionCanBeReplayed()
      throws InvalidConfiguration {
    bothAreLost();
    assertThat(dispatched()).containsExactly("other");
    time(Duration.ofSeconds(3));
    List<IncidentEvent> events = read(Topic.INCIDENTS, IncidentEvent.class);
    assertThat(events)
        .filteredOn(event -> event.getKind() == IncidentKind.BLOCKED)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getPlatform()).isEqualTo("lab");
              assertThat(event.getBlockedReason()).isEqualTo(BlockedReason.FLEET_ADMISSION);
            });
    assertThat(dispatched()).isEmpty();

    String first = events.get(0).getIncidentId();
    send(
        Topic.APPROVALS,
        "other",
        new Approval(
            "a", "other", first, ApprovalKind.REJECT, "ada", "by hand", "", clock.instant(), null));
    assertThat(dispatched()).containsExactly("lab");
    assertThat(read(Topic.FLEET, FleetEvent.class))
        .extracting(event -> event.getPlatform() + " " + event.getKind())
        .containsExactly("other REQUEST", "lab REQUEST", "other RELEASE");
    assertThat(read(Topic.ADMISSIONS, FleetEvent.class))
        .extracting(event -> event.getPlatform() + " " + event.getKind())
        .containsExactly("other GRANT", "lab GRANT");

    List<Decision> log = read(Topic.DECISIONS, Decision.class);
    assertThat(log)
        .as("an answer is in the log, as any input")
        .anyMatch(each -> each.getInput().getTopic().equals(Topic.ADMISSIONS.topicName()));
    for (String platform : List.of("other", "lab")) {
      Replay replay = new Replay(framing, Optional.empty());
      for (Decision decision : log) {
        if (decision.getPlatform().equals(platform)) {
          assertThat(replay.next(decision))
              .hasValueSatisfying(step -> assertThat(step.identical()).isTrue());
        }
      }
    }
  }

  @Test
  void whatIsNoWordOfThatPlatformIsADeadLetterAndTheFleetLivesOn() {
    driver
        .createInputTopic(
            Topic.FLEET.topicName(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput("lab", "no avro".getBytes(StandardCharsets.UTF_8));
    send(
        Topic.FLEET,
        "lab",
        new FleetEvent("id", "other", "inc", FleetKind.REQUEST, clock.instant(), 1L));
    assertThat((long) counters.deadLetters()).isEqualTo(2);
    bothAreLost();
    assertThat(dispatched()).hasSize(1);
  }

  /** Or a classifier of before and this one would mean different tasks by the same number. */
  @Test
  void theTasksOfThePlatformsKeepTheirNumberBesideTheFleets() {
    assertThat(topology.describe().subtopologies())
        .extracting(
            part ->
                part.id()
                    + " "
                    + part.nodes().stream()
                        .filter(TopologyDescription.Processor.class::isInstance)
                        .map(TopologyDescription.Node::name)
                        .toList())
        .containsExactlyInAnyOrder("0 [decide]", "1 [admit]");
  }
}
