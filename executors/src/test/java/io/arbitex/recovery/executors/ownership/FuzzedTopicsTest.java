package io.arbitex.recovery.executors.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.Action;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.JournalState;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.CommandReader;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.runtime.Mutation;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import io.arbitex.recovery.schemas.Worker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever stands on the topics that executors read: a bad command becomes a dead letter and the
 * next one is carried out (Cruise Control #704: a failed recovery wedged the executor), and a
 * damaged journal is not guessed at.
 */
class FuzzedTopicsTest {
  private static final Framing FRAMING = new Framing();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SENT = 1_000;
  private static final String PLATFORM = "eu-1";
  private static final int PARTITION =
      new Partitions(BrokerFixture.PARTITIONS).ofPlatform(PLATFORM);

  @TempDir Path folder;
  private BrokerFixture broker;
  private KafkaProducer<String, byte[]> producer;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicInteger effects = new AtomicInteger();
  private final AtomicInteger buried = new AtomicInteger();
  private final CountDownLatch entered = new CountDownLatch(1);
  private volatile boolean mayPass = true;

  @BeforeEach
  void startBroker() throws Exception {
    broker = BrokerFixture.start(Files.createDirectory(folder.resolve("broker")));
    producer = broker.clients("test").producer("fuzz");
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    producer.close(Duration.ZERO);
    broker.close();
  }

  @Test
  void everyBadCommandBecomesADeadLetterAndAGoodOneIsCarriedOut() throws Exception {
    Map<Long, String> expected = new TreeMap<>();
    StepCommand good = command("inc-1/good/1");
    byte[] bytes = FRAMING.encode(good);
    expect(expected, new byte[0], "too short");
    expect(expected, null, "too short");
    expect(expected, "nonsense".getBytes(StandardCharsets.UTF_8), "first byte is 6e");
    expect(expected, withSchemaId(bytes, 1_999), "unknown schema id 1999");
    expect(expected, FRAMING.encode(binding()), "a Binding where a StepCommand belongs");
    expect(expected, new byte[900_000], "a command of 900000 bytes");
    good.setParameters(List.of(new Fact("text", "x".repeat(600_000))));
    expect(expected, FRAMING.encode(good), "no more than 262144 are taken");
    good = command("inc-1/good/1");
    good.setWorker("cutover");
    expect(expected, FRAMING.encode(good), "a command for worker 'cutover'");
    good = command("");
    expect(expected, FRAMING.encode(good), "without an id or a kind");
    good = command("inc-1/good/1");
    good.setKind(CommandKind.UNSPECIFIED);
    expect(expected, FRAMING.encode(good), "without an id or a kind");
    good = command("inc-1/good/1");
    good.setPlatform(PLATFORM + "/other");
    expect(expected, FRAMING.encode(good), "belongs to partition");
    fuzz(expected);
    StepCommand broken = command("inc-1/broken/1");
    broken.setProcedure("test.throws");
    send(Topic.COMMANDS_POSTGRESQL, PLATFORM, FRAMING.encode(broken));
    loop("executor-1");
    StepEvent refused = awaitEnd(broken.getCommandId());
    assertThat(refused.getTransition()).isEqualTo(StepTransition.FAILED);
    assertThat(refused.getError().getMessage()).contains("what nobody thought of");
    StepCommand last = command("inc-1/last/1");
    send(Topic.COMMANDS_POSTGRESQL, PLATFORM, FRAMING.encode(last));
    assertThat(awaitEnd(last.getCommandId()).getTransition()).isEqualTo(StepTransition.DONE);
    Map<Long, String> letters = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> letter : read(Topic.DEAD_LETTERS)) {
      assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("recovery.commands.postgresql");
      assertThat(header(letter, DeadLetters.PARTITION)).isEqualTo(Integer.toString(PARTITION));
      letters.put(
          Long.parseLong(header(letter, DeadLetters.OFFSET)), header(letter, DeadLetters.ERROR));
    }
    assertThat(letters.keySet()).isEqualTo(expected.keySet());
    expected.forEach((offset, why) -> assertThat(letters.get(offset)).contains(why));
    assertThat(buried).hasValue(expected.size());
    assertThat(expected.size()).as("most damage is seen").isGreaterThan(SENT / 4);
  }

  /** What the reader refuses is a dead letter; all else is a command, however odd. */
  private void fuzz(Map<Long, String> expected) throws Exception {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("fuzz.seed=" + seed);
    Random random = new Random(seed);
    CommandReader reader =
        new CommandReader(Worker.POSTGRESQL, FRAMING, new Partitions(BrokerFixture.PARTITIONS));
    byte[] good = FRAMING.encode(command("inc-1/fuzz/1"));
    for (int i = 0; i < SENT; i++) {
      byte[] bytes = Mutation.of(random, good);
      long offset = send(Topic.COMMANDS_POSTGRESQL, PLATFORM, bytes);
      try {
        reader.read(new ConsumerRecord<>("t", PARTITION, offset, PLATFORM, bytes));
      } catch (UndecodableRecord e) {
        expected.put(offset, e.getMessage());
      }
    }
  }

  @Test
  void aCommandWithADamagedJournalFailsAndTheNextOneIsCarriedOut() throws Exception {
    mayPass = false;
    CommandLoop first = loop("executor-1");
    StepCommand command = command("inc-1/doubtful/1");
    send(Topic.COMMANDS_POSTGRESQL, PLATFORM, FRAMING.encode(command));
    assertThat(entered.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    first.close();
    byte[] damage = "damage".getBytes(StandardCharsets.UTF_8);
    long offset = send(Topic.JOURNAL, command.getCommandId() + "/pass-gate", damage);
    mayPass = true;
    loop("executor-2");
    StepEvent end = awaitEnd(command.getCommandId());
    assertThat(end.getTransition()).isEqualTo(StepTransition.FAILED);
    assertThat(end.getError().getCode()).isEqualTo(FailureCode.UNKNOWN);
    assertThat(end.getError().getMessage())
        .contains("the journal of this command is damaged", "at " + offset);
    assertThat(read(Topic.DEAD_LETTERS))
        .anySatisfy(
            letter -> {
              assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("recovery.journal");
              assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo(Long.toString(offset));
              assertThat(letter.value()).isEqualTo(damage);
            });
    assertThat(effects).hasValue(0);
    assertThat(buried).hasValue(1);
    StepCommand next = command("inc-1/next/1");
    send(Topic.COMMANDS_POSTGRESQL, PLATFORM, FRAMING.encode(next));
    assertThat(awaitEnd(next.getCommandId()).getTransition()).isEqualTo(StepTransition.DONE);
  }

  @Test
  void aCommandWhoseAcceptanceIsDamagedIsNotBegunASecondTime() throws Exception {
    StepCommand command = command("inc-1/unknown/1");
    send(Topic.JOURNAL, command.getCommandId() + "/", new byte[] {0, 0, 0});
    fuzzJournal();
    loop("executor-1");
    send(Topic.COMMANDS_POSTGRESQL, PLATFORM, FRAMING.encode(command));
    StepCommand next = command("inc-1/next/1");
    send(Topic.COMMANDS_POSTGRESQL, PLATFORM, FRAMING.encode(next));
    assertThat(awaitEnd(next.getCommandId()).getTransition()).isEqualTo(StepTransition.DONE);
    assertThat(effects).as("only the second").hasValue(1);
    assertThat(events(command.getCommandId())).isEmpty();
  }

  private void fuzzJournal() throws Exception {
    Random random = new Random(Long.getLong("fuzz.seed", System.nanoTime()));
    byte[] good =
        FRAMING.encode(
            JournalEntry.newBuilder()
                .setCommandId("inc-1/other/1")
                .setAction("")
                .setState(JournalState.ACCEPTED)
                .setPlatform(PLATFORM)
                .setWorker("postgresql")
                .setOwner("test")
                .setAt(Times.now(Clock.systemUTC()))
                .setTries(0)
                .setFacts(List.of(new Fact("!started-at", "2026-01-01T00:00:00Z")))
                .setCommand(command("inc-1/other/1"))
                .build());
    for (int i = 0; i < SENT / 4; i++) {
      send(Topic.JOURNAL, "inc-1/other/1/" + (i % 7), Mutation.of(random, good));
    }
    send(Topic.JOURNAL, "", good);
  }

  private CommandLoop loop(String name) throws Exception {
    Procedures real =
        new Procedures(
            new Inventory(List.of(), ""),
            Policy.parse("runbook.yaml", folder, "version: 1\n"),
            (platform, component) -> Optional.empty(),
            Clock.systemUTC());
    Publisher publisher = new Publisher(broker.clients(name), FRAMING, "progress");
    CommandLoop loop =
        new CommandLoop(
            Worker.POSTGRESQL,
            broker.clients(name),
            FRAMING,
            new Carrying(
                name,
                command -> procedure(real, command),
                platform -> Optional.empty(),
                event -> publisher.publish(Topic.PROGRESS, event.getPlatform(), event),
                Clock.systemUTC(),
                Duration.ofSeconds(4),
                (command, outcome) -> {},
                buried::incrementAndGet));
    loop.start();
    open.add(loop);
    open.add(publisher);
    return loop;
  }

  private Optional<Procedure> procedure(Procedures real, StepCommand command) {
    return switch (command.getProcedure()) {
      case "test.gate" -> Optional.of(Procedure.named("test.gate").action(gate()).build());
      case "test.throws" -> throw new IllegalStateException("what nobody thought of");
      default -> real.of(command);
    };
  }

  private Action gate() {
    return new BoundAction(
        "pass-gate", "pass the gate", true, Duration.ofMinutes(5), RetryPolicy.once()) {
      @Override
      public Look look(ActionContext context) {
        return effects.get() > 0 ? Look.alreadySo() : Look.notYet("not passed");
      }

      @Override
      public void make(ActionContext context) throws InterruptedException {
        entered.countDown();
        if (!mayPass) {
          new CountDownLatch(1).await();
        }
        effects.incrementAndGet();
      }
    };
  }

  private static StepCommand command(String id) {
    Instant now = Times.now(Clock.systemUTC());
    return StepCommand.newBuilder()
        .setCommandId(id)
        .setIncidentId("inc-1")
        .setPlatform(PLATFORM)
        .setKind(CommandKind.EXECUTE)
        .setStepId("step")
        .setComponent("postgresql")
        .setProcedure("test.gate")
        .setWorker("postgresql")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plusSeconds(120))
        .setParameters(List.of(new Fact("channel", "sre")))
        .build();
  }

  private static SpecificRecordBase binding() {
    return new Binding(
        PLATFORM, "postgresql", "s/d", 1L, List.of(), "inc-1", "c", Times.now(Clock.systemUTC()));
  }

  private static byte[] withSchemaId(byte[] record, int id) {
    byte[] changed = record.clone();
    changed[3] = (byte) (id >> 8);
    changed[4] = (byte) id;
    return changed;
  }

  private void expect(Map<Long, String> expected, byte[] value, String why) throws Exception {
    expected.put(send(Topic.COMMANDS_POSTGRESQL, PLATFORM, value), why);
  }

  private long send(Topic topic, String key, byte[] value) throws Exception {
    return producer
        .send(new ProducerRecord<>(topic.topicName(), PARTITION, key, value))
        .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .offset();
  }

  private StepEvent awaitEnd(String command) {
    Instant until = Instant.now().plus(LIMIT);
    while (true) {
      Optional<StepEvent> end =
          events(command).stream()
              .filter(
                  event ->
                      event.getTransition() == StepTransition.DONE
                          || event.getTransition() == StepTransition.FAILED)
              .findFirst();
      if (end.isPresent()) {
        return end.get();
      }
      assertThat(Instant.now()).as("waiting for the end of %s", command).isBefore(until);
    }
  }

  private List<StepEvent> events(String command) {
    return read(Topic.PROGRESS).stream()
        .map(record -> FRAMING.decode(record.value(), StepEvent.class))
        .filter(event -> event.getCommandId().equals(command))
        .toList();
  }

  private List<ConsumerRecord<String, byte[]>> read(Topic topic) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic.topicName(), PARTITION);
    try (KafkaConsumer<String, byte[]> consumer = broker.clients("test").freeConsumer("read")) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
