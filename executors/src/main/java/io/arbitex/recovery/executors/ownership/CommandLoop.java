package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Journal;
import io.arbitex.recovery.engine.JournalEntries;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.engine.KillSwitch;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.engine.Ports;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.ProgressSink;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import io.arbitex.recovery.schemas.Worker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the commands of one worker. When a partition is assigned: fence every earlier owner, read
 * the journal to its end, go on with what is unfinished, only then take new commands. A command is
 * taken by writing ACCEPTED and moving its offset in one transaction; from then on the journal is
 * the queue.
 *
 * <p>A group without offsets begins at the earliest command: one that was written before any
 * executor ran must not be lost. Old commands do not come back to life by that, since a finished
 * one stands in the journal for ever and any other is refused by its deadline.
 *
 * <p>There is no group.instance.id: with it, a takeover after a kill took 6.5 s instead of 1.5 s.
 */
public final class CommandLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CommandLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Less than max.poll.interval.ms, so that the group does not drop us while we try. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private static final Duration GOODBYE = Duration.ofSeconds(6);
  private static final long REJOIN_MILLIS = 1_000;

  private final Worker worker;
  private final String owner;
  private final KafkaClients clients;
  private final Framing framing;
  private final Function<StepCommand, Optional<Procedure>> procedures;
  private final KillSwitch killSwitch;
  private final ProgressSink progress;
  private final Clock clock;
  private final Duration leaseLimit;
  private final BiConsumer<StepCommand, Outcome> ended;
  private final Map<TopicPartition, OwnedPartition> owned = new HashMap<>();
  private final Map<String, CommandRun> runs = new HashMap<>();
  private final Thread thread;
  private volatile KafkaConsumer<String, byte[]> consumer;
  private volatile boolean closed;
  private volatile long lastPoll = System.nanoTime();
  private volatile String trouble = "has not joined its group yet";
  private volatile int ownedCount;

  /**
   * @param owner name of this process in records
   * @param leaseLimit see {@link Ports}
   * @param ended told of each command's end, for metrics
   */
  public CommandLoop(
      Worker worker,
      String owner,
      KafkaClients clients,
      Framing framing,
      Function<StepCommand, Optional<Procedure>> procedures,
      KillSwitch killSwitch,
      ProgressSink progress,
      Clock clock,
      Duration leaseLimit,
      BiConsumer<StepCommand, Outcome> ended) {
    this.worker = worker;
    this.owner = owner;
    this.clients = clients;
    this.framing = framing;
    this.procedures = procedures;
    this.killSwitch = killSwitch;
    this.progress = progress;
    this.clock = clock;
    this.leaseLimit = leaseLimit;
    this.ended = ended;
    this.thread = new Thread(this::run, "commands-" + worker.id());
  }

  public void start() {
    thread.start();
  }

  /** Why it does not take commands; empty while it does. */
  public Optional<String> sick() {
    if (!trouble.isEmpty()) {
      return Optional.of(worker.id() + ": " + trouble);
    }
    long silent = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastPoll);
    return silent > GOODBYE.toSeconds() + PATIENCE.toSeconds()
        ? Optional.of(worker.id() + ": has not asked for commands for " + silent + " s")
        : Optional.empty();
  }

  public Worker worker() {
    return worker;
  }

  /** Partitions of commands that this process owns now. */
  public int ownedPartitions() {
    return ownedCount;
  }

  private void run() {
    while (!closed) {
      try (KafkaConsumer<String, byte[]> joined =
          clients.groupConsumer("executors." + worker.id(), "earliest")) {
        consumer = joined;
        joined.subscribe(List.of(Topic.commandsOf(worker).topicName()), new Assignment());
        while (!closed) {
          take(joined);
        }
      } catch (WakeupException e) {
        if (!closed) {
          log.warn("{}: woken up without being closed; joining anew", worker.id());
        }
      } catch (RuntimeException e) {
        if (!closed) {
          // Leaving the group and joining again is the one way back to ownership that cannot take
          // it from somebody else.
          trouble = "left its group and joins again: " + e.getMessage();
          log.error("{}: cannot go on with its partitions; joining anew", worker.id(), e);
        }
      } finally {
        drop(new ArrayList<>(owned.keySet()));
      }
      rest();
    }
  }

  private void rest() {
    if (closed) {
      return;
    }
    try {
      TimeUnit.MILLISECONDS.sleep(REJOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  private void take(KafkaConsumer<String, byte[]> joined) {
    for (OwnedPartition partition : owned.values()) {
      partition.throwIfBroken();
    }
    for (ConsumerRecord<String, byte[]> record : joined.poll(POLL)) {
      OwnedPartition partition = owned.get(new TopicPartition(record.topic(), record.partition()));
      if (partition == null || partition.lease().lost()) {
        // Fenced: the new owner reads it from the offset that we did not move.
        joined.pause(List.of(new TopicPartition(record.topic(), record.partition())));
        continue;
      }
      accept(
          partition, record, new OwnedPartition.Place(record.offset() + 1, joined.groupMetadata()));
    }
    lastPoll = System.nanoTime();
    trouble = fencedPartitions();
    runs.values().removeIf(run -> !run.running());
  }

  private String fencedPartitions() {
    List<TopicPartition> fenced =
        owned.values().stream()
            .filter(each -> each.lease().lost())
            .map(OwnedPartition::partition)
            .toList();
    return fenced.isEmpty() ? "" : "fenced from " + fenced + " until the group is balanced again";
  }

  private void accept(
      OwnedPartition partition, ConsumerRecord<String, byte[]> record, OwnedPartition.Place place) {
    StepCommand command;
    try {
      command = framing.decode(record.value(), StepCommand.class);
      check(command, record.partition());
    } catch (UndecodableRecord e) {
      log.error(
          "{} at {} is no command: {}", partition.partition(), record.offset(), e.getMessage());
      partition.bury(
          DeadLetters.of(
              owner,
              record.topic(),
              record.partition(),
              record.offset(),
              record.key(),
              record.value(),
              e.getMessage()),
          place,
          PATIENCE);
      return;
    }
    if (command.getKind() == CommandKind.CANCEL) {
      cancel(partition, command, place);
      return;
    }
    List<JournalEntry> known = partition.entries(command.getCommandId());
    if (JournalEntries.knows(known)) {
      // A duplicate: it is under way or has ended. The next command moves the offset on, and until
      // then it is a duplicate again.
      log.info("{}: is known already", command.getCommandId());
      return;
    }
    begin(partition, command, place);
  }

  /** What this worker must never act on, however well it decodes. */
  private void check(StepCommand command, int partition) {
    if (!command.getWorker().equals(worker.id())) {
      throw new UndecodableRecord(
          "a command for worker '" + command.getWorker() + "' on the topic of " + worker.id());
    }
    if (command.getCommandId().isEmpty() || command.getKind() == CommandKind.UNSPECIFIED) {
      throw new UndecodableRecord("a command without an id or a kind");
    }
    int right = new Partitions(clients.settings().partitions()).ofPlatform(command.getPlatform());
    if (right != partition) {
      throw new UndecodableRecord(
          "platform '" + command.getPlatform() + "' belongs to partition " + right);
    }
  }

  /** The first write of the command moves its offset too. */
  private void begin(OwnedPartition partition, StepCommand command, OwnedPartition.Place place) {
    boolean[] moved = {false};
    Journal first =
        new Journal() {
          @Override
          public long append(JournalWrite write) {
            if (moved[0]) {
              return partition.append(write);
            }
            long token = partition.append(write, Optional.of(place), Optional.of(PATIENCE));
            moved[0] = true;
            return token;
          }

          @Override
          public List<JournalEntry> entries(String commandId) {
            return partition.entries(commandId);
          }
        };
    Execution execution = execution(partition, command, first);
    try {
      while (!moved[0]) {
        execution.advance();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while accepting " + command.getCommandId(), e);
    }
    start(partition, command, execution);
  }

  private void cancel(OwnedPartition partition, StepCommand command, OwnedPartition.Place place) {
    JournalEntry entry = JournalEntries.cancel(command, owner, Times.now(clock));
    partition.append(
        new JournalWrite(entry, List.of(), Optional.empty()),
        Optional.of(place),
        Optional.of(PATIENCE));
    CommandRun run = runs.get(command.getCommandId());
    if (run != null) {
      run.cancel();
    }
  }

  private Execution execution(OwnedPartition partition, StepCommand command, Journal journal) {
    return new Execution(
        command,
        procedures.apply(command),
        new Ports(
            worker.id(),
            owner,
            journal,
            partition.lease(),
            killSwitch,
            progress,
            clock,
            leaseLimit));
  }

  private void start(OwnedPartition partition, StepCommand command, Execution begun) {
    CommandRun run =
        new CommandRun(
            command,
            partition,
            begun,
            () -> execution(partition, command, partition),
            clock,
            ended);
    runs.put(command.getCommandId(), run);
    run.start();
  }

  /** Partitions come and go, on the polling thread. */
  private final class Assignment implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      if (assigned.isEmpty()) {
        return;
      }
      long since = System.nanoTime();
      List<OwnedPartition> fresh = new ArrayList<>();
      for (TopicPartition each : assigned) {
        OwnedPartition partition = new OwnedPartition(each, clients, framing, clock);
        owned.put(each, partition);
        fresh.add(partition);
      }
      Map<Integer, Map<String, JournalEntry>> journal =
          new JournalReader(clients, framing, worker)
              .read(assigned.stream().map(TopicPartition::partition).toList());
      for (OwnedPartition partition : fresh) {
        partition.know(journal.get(partition.partition().partition()));
        for (StepCommand command : partition.unfinished()) {
          log.info("{}: goes on from the journal", command.getCommandId());
          start(partition, command, null);
        }
      }
      ownedCount = owned.size();
      log.info(
          "{}: owns {} more partitions after {} ms",
          worker.id(),
          assigned.size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      drop(revoked);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      drop(lost);
    }
  }

  /** Ends all work for partitions; their commands go on elsewhere. */
  private void drop(Collection<TopicPartition> partitions) {
    List<OwnedPartition> dropped = new ArrayList<>();
    for (TopicPartition each : partitions) {
      OwnedPartition partition = owned.remove(each);
      if (partition != null) {
        partition.lease().lose();
        dropped.add(partition);
      }
    }
    List<CommandRun> ending =
        runs.values().stream().filter(run -> dropped.contains(run.partition())).toList();
    ending.forEach(CommandRun::interrupt);
    long until = System.nanoTime() + GOODBYE.toNanos();
    for (CommandRun run : ending) {
      try {
        run.join(Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      runs.remove(run.command().getCommandId());
    }
    dropped.forEach(OwnedPartition::close);
    ownedCount = owned.size();
  }

  /** Tells it to end, without waiting. */
  public void stop() {
    closed = true;
    KafkaConsumer<String, byte[]> joined = consumer;
    if (joined != null) {
      joined.wakeup();
    }
  }

  @Override
  public void close() {
    stop();
    try {
      thread.join(GOODBYE.toMillis() + 2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
