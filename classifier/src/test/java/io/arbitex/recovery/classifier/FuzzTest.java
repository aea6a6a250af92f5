package io.arbitex.recovery.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.decider.Examples;
import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;

/**
 * Whatever stands on the topics that the classifier reads: each record is decided on or becomes a
 * dead letter, none is lost, and a disaster of another platform is still answered.
 */
class FuzzTest {
  private static final int SENT = 100_000;
  private static final String PLATFORMS =
      Examples.INVENTORY
          + Examples.INVENTORY.replace("platforms:\n", "").replace("name: lab", "name: calm");

  private final Framing framing = new Framing();
  private final MovableClock clock = new MovableClock();

  /** One good record for each topic; what is mutated is close to what the decider believes. */
  private Map<Topic, List<SpecificRecordBase>> good() {
    HealthEvent alert = health("lab", "alertmanager", HealthStatus.DOWN, 1);
    alert.setSource(HealthSource.ALERT);
    alert.setAlertId("a1");
    Binding binding =
        new Binding(
            "lab",
            "postgresql",
            "spare/db",
            0L,
            List.of(new Fact("host", "h")),
            "inc",
            "cmd",
            clock.instant());
    return Map.of(
        Topic.HEALTH, List.of(health("lab", "observer-0", HealthStatus.DOWN, 3), alert),
        Topic.APPROVALS,
            List.of(
                new Approval(
                    "a",
                    "lab",
                    "inc",
                    ApprovalKind.APPROVE,
                    "ada",
                    "ok",
                    "h",
                    clock.instant(),
                    clock.instant())),
        Topic.BINDINGS, List.of(binding),
        Topic.ADMISSIONS,
            List.of(new FleetEvent("g", "lab", "inc", FleetKind.GRANT, clock.instant(), 1L)),
        Topic.BACKUPS, List.of(Records.restorePoint("lab", clock.instant())),
        Topic.PROGRESS,
            List.of(
                new StepEvent(
                    "s",
                    "inc-lab-1/postgresql.restore/1",
                    "inc-lab-1",
                    "lab",
                    "postgresql.restore",
                    "postgresql",
                    "executors",
                    StepTransition.FAILED,
                    "restore-dump",
                    clock.instant(),
                    clock.instant(),
                    "text",
                    List.of(new Fact("restore-point", "rp")),
                    new StepError(FailureCode.PROOF_FAILED, "broke", "mend", ""))),
        Topic.VALIDATIONS,
            List.of(
                new ValidationOutcome(
                    "v",
                    "inc-lab-1/verify/1",
                    "inc-lab-1",
                    "lab",
                    "verify",
                    OutcomeKind.VERDICT,
                    "",
                    "verdict",
                    CheckStatus.PASS,
                    "",
                    "",
                    clock.instant(),
                    clock.instant(),
                    List.of())));
  }

  private HealthEvent health(String platform, String observer, HealthStatus status, int streak) {
    return Records.health(platform, observer, status, streak, clock.instant());
  }

  @Test
  void everyRecordIsDecidedOrDeadLetteredAndTheStreamLivesOn() throws Exception {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("fuzz.seed=" + seed);
    Random random = new Random(seed);
    Counters counters = new Counters(new SimpleMeterRegistry());
    Properties properties = new Properties();
    properties.put("application.id", "fuzz");
    properties.put("bootstrap.servers", "unused:1");
    try (TopologyTestDriver driver =
        new TopologyTestDriver(
            ClassifierTopology.build(
                Examples.decider(PLATFORMS, Examples.POLICY),
                framing,
                new Partitions(1),
                clock,
                counters),
            properties,
            clock.instant())) {
      TestOutputTopic<String, byte[]> dead = output(driver, Topic.DEAD_LETTERS);
      Map<Topic, List<SpecificRecordBase>> good = good();
      List<Topic> topics = ClassifierTopology.INPUTS;
      long buried = 0;
      for (int i = 0; i < SENT; i++) {
        Topic topic = topics.get(random.nextInt(topics.size()));
        Topic from = random.nextInt(20) == 0 ? topics.get(random.nextInt(topics.size())) : topic;
        List<SpecificRecordBase> values = good.get(from);
        byte[] bytes = framing.encode(values.get(random.nextInt(values.size())));
        send(driver, topic, "lab", mutated(random, bytes));
        buried += drain(dead);
      }
      assertThat(buried + (long) counters.inputs()).as("seed %d", seed).isEqualTo(SENT);
      assertThat((long) counters.deadLetters()).isEqualTo(buried);
      assertThat(buried).as("most damage is seen").isGreaterThan(SENT / 10);
      assertThat(answersADisaster(driver)).as("seed %d", seed).isTrue();
    }
  }

  private static byte[] mutated(Random random, byte[] good) {
    if (random.nextInt(50) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes =
        random.nextInt(4) == 0
            ? Arrays.copyOf(good, random.nextInt(good.length + 8))
            : good.clone();
    for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private boolean answersADisaster(TopologyTestDriver driver) {
    TestOutputTopic<String, byte[]> commands = output(driver, Topic.COMMANDS_POSTGRESQL);
    commands.readRecordsToList();
    send(
        driver,
        Topic.BACKUPS,
        "calm/rp-1",
        framing.encode(Records.restorePoint("calm", clock.instant())));
    say(driver, HealthStatus.UP);
    pass(driver, Duration.ofSeconds(3));
    say(driver, HealthStatus.DOWN);
    pass(driver, Duration.ofSeconds(6));
    return commands.readRecordsToList().stream()
        .map(record -> framing.decode(record.value(), StepCommand.class))
        .anyMatch(command -> command.getPlatform().equals("calm"));
  }

  private void say(TopologyTestDriver driver, HealthStatus status) {
    for (int i = 0; i < 3; i++) {
      HealthEvent event = health("calm", "observer-" + i, status, 3);
      send(driver, Topic.HEALTH, "calm", framing.encode(event));
    }
  }

  private void pass(TopologyTestDriver driver, Duration time) {
    clock.move(time);
    driver.advanceWallClockTime(time);
  }

  private static TestOutputTopic<String, byte[]> output(TopologyTestDriver driver, Topic topic) {
    return driver.createOutputTopic(
        topic.topicName(), new StringDeserializer(), new ByteArrayDeserializer());
  }

  private static long drain(TestOutputTopic<String, byte[]> dead) {
    return dead.isEmpty() ? 0 : dead.readRecordsToList().size();
  }

  private static void send(TopologyTestDriver driver, Topic topic, String key, byte[] value) {
    driver
        .createInputTopic(topic.topicName(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput(key, value);
  }
}
