package io.arbitex.recovery.executors.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.arbitex.recovery.engine.Action;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.OwnershipLost;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.record.CommandKind;
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
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and their ownership on a real broker. */
class OwnershipTest {
  private static final Framing FRAMING = new Framing();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  @TempDir static Path folder;
  private static BrokerFixture broker;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final String id = "inc-" + NUMBERS.incrementAndGet() + "/step/1";
  private final Gate gate = new Gate();

  @BeforeAll
  static void startBroker() throws Exception {
    broker = BrokerFixture.start(folder);
  }

  @AfterAll
  static void endBroker() {
    broker.close();
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /** An action that waits until the test lets it through, and counts what it did. */
  private static final class Gate {
    final AtomicInteger effects = new AtomicInteger();
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch mayPass = new CountDownLatch(1);
    volatile boolean cancelled;

    Action action() {
      return new BoundAction(
          "pass-gate", "pass the gate", true, Duration.ofMinutes(5), RetryPolicy.once()) {
        @Override
        public Look look(ActionContext context) {
          return effects.get() > 0 ? Look.alreadySo() : Look.notYet("not passed");
        }

        @Override
        public void make(ActionContext context) throws InterruptedException {
          entered.countDown();
          while (!mayPass.await(20, TimeUnit.MILLISECONDS)) {
            if (context.cancelled()) {
              cancelled = true;
              return;
            }
          }
          effects.incrementAndGet();
        }
      };
    }
  }

  @Test
  void aCommandThatWasWrittenBeforeAnyExecutorRanIsCarriedOut() throws Exception {
    gate.mayPass.countDown();
    send(command(CommandKind.EXECUTE));
    loop("executor-1");
    awaitEvent(event -> event.getTransition() == StepTransition.DONE);
    assertThat(gate.effects).hasValue(1);
  }

  @Test
  void aDuplicateIsCarriedOutOnce() throws Exception {
    gate.mayPass.countDown();
    loop("executor-1");
    send(command(CommandKind.EXECUTE));
    send(command(CommandKind.EXECUTE));
    awaitEvent(event -> event.getTransition() == StepTransition.DONE);
    send(command(CommandKind.EXECUTE));
    StepCommand later = command(CommandKind.EXECUTE);
    later.setCommandId(id + "-later");
    send(later);
    awaitEvent(later.getCommandId(), event -> event.getTransition() == StepTransition.DONE);
    assertThat(gate.effects).hasValue(1);
    assertThat(events(id).stream().filter(e -> e.getTransition() == StepTransition.ACCEPTED))
        .hasSize(1);
  }

  @Test
  void whatIsNoCommandBecomesADeadLetterAndTheNextIsTaken() throws Exception {
    gate.mayPass.countDown();
    loop("executor-1");
    try (KafkaProducer<String, byte[]> producer = broker.clients("test").producer("bad")) {
      byte[] nonsense = ("nonsense of " + id).getBytes(StandardCharsets.UTF_8);
      producer
          .send(
              new ProducerRecord<>(
                  Topic.COMMANDS_POSTGRESQL.topicName(), partition(), "eu-1", nonsense))
          .get();
      send(command(CommandKind.EXECUTE));
      awaitEvent(event -> event.getTransition() == StepTransition.DONE);
      ConsumerRecord<String, byte[]> letter =
          read(Topic.DEAD_LETTERS).stream()
              .filter(each -> Arrays.equals(each.value(), nonsense))
              .findFirst()
              .orElseThrow();
      assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("recovery.commands.postgresql");
      assertThat(header(letter, DeadLetters.ERROR)).contains("first byte is 6e");
    }
  }

  @Test
  void aCancelReachesTheRunningAction() throws Exception {
    loop("executor-1");
    send(command(CommandKind.EXECUTE));
    assertThat(gate.entered.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    send(command(CommandKind.CANCEL));
    awaitEvent(event -> event.getTransition() == StepTransition.CANCELLED);
    assertThat(gate.cancelled).isTrue();
    assertThat(gate.effects).hasValue(0);
  }

  @Test
  void anotherProcessGoesOnWhereTheFirstOneEnded() throws Exception {
    CommandLoop first = loop("executor-1");
    send(command(CommandKind.EXECUTE));
    assertThat(gate.entered.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    first.close();
    gate.mayPass.countDown();
    loop("executor-2");
    awaitEvent(event -> event.getTransition() == StepTransition.DONE);
    assertThat(gate.effects).hasValue(1);
    assertThat(events(id).stream().map(StepEvent::getOwner).distinct())
        .containsExactly("executor-1", "executor-2");
  }

  /** orchestrator #1217: two recoveries side by side ended in a split brain. */
  @Test
  void anEarlierOwnerIsRefusedForEver() {
    TopicPartition partition = new TopicPartition(Topic.COMMANDS_POSTGRESQL.topicName(), 1);
    OwnedPartition first = owned(partition, "executor-1");
    long before = first.append(entry("first"));
    OwnedPartition second = owned(partition, "executor-2");
    assertThatThrownBy(() -> first.append(entry("late"))).isInstanceOf(OwnershipLost.class);
    assertThat(first.lease().lost()).isTrue();
    assertThatThrownBy(() -> first.append(entry("later"))).isInstanceOf(OwnershipLost.class);
    assertThat(second.append(entry("second"))).isGreaterThan(before);
    assertThat(journal(1)).doesNotContain(id + "/late", id + "/later").contains(id + "/second");
  }

  @Test
  void anOwnerThatIsFencedWhileItTakesACommandLetsItGo() {
    TopicPartition partition =
        new TopicPartition(Topic.COMMANDS_POSTGRESQL.topicName(), partition());
    OwnedPartition first = owned(partition, "executor-1");
    owned(partition, "executor-2");
    Carrying carrying =
        new Carrying(
            "executor-1",
            command -> Optional.of(Procedure.named("test.gate").action(gate.action()).build()),
            platform -> Optional.empty(),
            event -> {},
            Clock.systemUTC(),
            Duration.ofSeconds(2),
            (command, outcome) -> {},
            () -> {});
    CommandIntake intake =
        new CommandIntake(
            carrying,
            new CommandRuns(Worker.POSTGRESQL, carrying),
            new CommandReader(
                Worker.POSTGRESQL, FRAMING, new Partitions(BrokerFixture.PARTITIONS)));
    ConsumerRecord<String, byte[]> record =
        new ConsumerRecord<>(
            partition.topic(),
            partition.partition(),
            7,
            "eu-1",
            FRAMING.encode(command(CommandKind.EXECUTE)));
    KafkaConsumer<String, byte[]> consumer =
        broker.clients("test").groupConsumer("test." + id, "earliest");
    open.add(consumer);
    OwnedPartition.Place place = new OwnedPartition.Place(8, consumer.groupMetadata());
    assertTimeoutPreemptively(
        LIMIT,
        () ->
            assertThatThrownBy(() -> intake.take(first, record, place))
                .isInstanceOf(OwnershipLost.class));
    assertThat(first.lease().lost()).isTrue();
    assertThat(gate.effects).hasValue(0);
  }

  @Test
  void anotherWorkersOpenTransactionDoesNotHideWhatOurPredecessorWrote() throws Exception {
    TopicPartition partition = new TopicPartition(Topic.COMMANDS_POSTGRESQL.topicName(), 1);
    try (KafkaProducer<String, byte[]> other =
        broker.clients("test").transactionalProducer("exec.another." + id)) {
      other.initTransactions();
      other.beginTransaction();
      other
          .send(
              new ProducerRecord<>(
                  Topic.JOURNAL.topicName(), 1, "open", FRAMING.encode(entry("open").entry())))
          .get();
      owned(partition, "executor-1").append(entry("behind-it"));
      owned(partition, "executor-2");
      CompletableFuture<List<String>> read = CompletableFuture.supplyAsync(() -> journal(1));
      assertThat(read.completeOnTimeout(List.of("still reading"), 1, TimeUnit.SECONDS).get())
          .as("it waits for the open transaction instead of stopping before it")
          .containsExactly("still reading");
      CompletableFuture<List<String>> again = CompletableFuture.supplyAsync(() -> journal(1));
      other.abortTransaction();
      assertThat(again.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .contains(id + "/behind-it")
          .doesNotContain(id + "/open");
    }
  }

  private CommandLoop loop(String name) {
    KafkaClients clients = broker.clients(name);
    Publisher publisher = new Publisher(clients, FRAMING, "progress");
    CommandLoop loop =
        new CommandLoop(
            Worker.POSTGRESQL,
            clients,
            FRAMING,
            new Carrying(
                name,
                command ->
                    Optional.of(
                        Procedure.named(command.getProcedure()).action(gate.action()).build()),
                platform -> Optional.empty(),
                event -> publisher.publish(Topic.PROGRESS, event.getPlatform(), event),
                Clock.systemUTC(),
                Duration.ofSeconds(2),
                (command, outcome) -> {},
                () -> {}));
    loop.start();
    open.add(loop);
    open.add(publisher);
    return loop;
  }

  private OwnedPartition owned(TopicPartition partition, String name) {
    OwnedPartition owned =
        new OwnedPartition(partition, broker.clients(name), FRAMING, Clock.systemUTC());
    open.add(owned);
    return owned;
  }

  private StepCommand command(CommandKind kind) {
    Instant now = Times.now(Clock.systemUTC());
    return StepCommand.newBuilder()
        .setCommandId(id)
        .setIncidentId(id)
        .setPlatform("eu-1")
        .setKind(kind)
        .setStepId("step")
        .setComponent("postgresql")
        .setProcedure("test.gate")
        .setWorker("postgresql")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plusSeconds(120))
        .setParameters(List.of())
        .build();
  }

  private JournalWrite entry(String action) {
    return new JournalWrite(
        JournalEntry.newBuilder()
            .setCommandId(id)
            .setAction(action)
            .setState(JournalState.INTENT)
            .setPlatform("eu-1")
            .setWorker("postgresql")
            .setOwner("test")
            .setAt(Times.now(Clock.systemUTC()))
            .setTries(1)
            .setFacts(List.of())
            .build(),
        List.of(),
        Optional.empty());
  }

  private static void send(StepCommand command) throws Exception {
    try (Publisher publisher = new Publisher(broker.clients("test"), FRAMING, "commands")) {
      publisher
          .publish(Topic.COMMANDS_POSTGRESQL, command.getPlatform(), command)
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static int partition() {
    return new Partitions(BrokerFixture.PARTITIONS).ofPlatform("eu-1");
  }

  private static List<String> journal(int partition) {
    return List.copyOf(
        new JournalReader(broker.clients("test"), FRAMING, Worker.POSTGRESQL)
            .read(List.of(partition))
            .get(partition)
            .entries(Instant.EPOCH)
            .keySet());
  }

  private void awaitEvent(Predicate<StepEvent> wanted) {
    awaitEvent(id, wanted);
  }

  private static void awaitEvent(String command, Predicate<StepEvent> wanted) {
    Instant until = Instant.now().plus(LIMIT);
    while (events(command).stream().noneMatch(wanted)) {
      assertThat(Instant.now()).as("waiting for an event of %s", command).isBefore(until);
    }
  }

  private static List<StepEvent> events(String command) {
    return read(Topic.PROGRESS).stream()
        .map(record -> FRAMING.decode(record.value(), StepEvent.class))
        .filter(event -> event.getCommandId().equals(command))
        .toList();
  }

  private static List<ConsumerRecord<String, byte[]>> read(Topic topic) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = broker.clients("test").freeConsumer("read")) {
      List<TopicPartition> partitions =
          List.of(
              new TopicPartition(topic.topicName(), 0), new TopicPartition(topic.topicName(), 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
