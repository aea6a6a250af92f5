package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.OwnershipLost;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.CommandReader;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
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
  private static final Duration GOODBYE = Duration.ofSeconds(6);
  private static final long REJOIN_MILLIS = 1_000;

  /** Damaged entries of the journal that are kept as dead letters in one takeover. */
  private static final int MOST_KEPT = 100;

  private final Worker worker;
  private final KafkaClients clients;
  private final Framing framing;
  private final Carrying carrying;
  private final CommandRuns runs;
  private final CommandIntake intake;
  private final Map<TopicPartition, OwnedPartition> owned = new HashMap<>();
  private final Thread thread;
  private volatile KafkaConsumer<String, byte[]> consumer;
  private volatile boolean closed;
  private volatile long lastPoll = System.nanoTime();
  private volatile String trouble = "has not joined its group yet";
  private volatile int ownedCount;

  public CommandLoop(Worker worker, KafkaClients clients, Framing framing, Carrying carrying) {
    this.worker = worker;
    this.clients = clients;
    this.framing = framing;
    this.carrying = carrying;
    this.runs = new CommandRuns(worker, carrying);
    this.intake =
        new CommandIntake(
            carrying,
            runs,
            new CommandReader(worker, framing, new Partitions(clients.settings().partitions())));
    this.thread = new Thread(this::run, "commands-" + worker.id());
  }

  public void start() {
    thread.start();
  }

  public Worker worker() {
    return worker;
  }

  /** Why it does not take commands; empty while it does. */
  public Optional<String> sick() {
    if (!trouble.isEmpty()) {
      return Optional.of(worker.id() + ": " + trouble);
    }
    long silent = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastPoll);
    return silent > GOODBYE.plus(CommandIntake.PATIENCE).toSeconds()
        ? Optional.of(worker.id() + ": has not asked for commands for " + silent + " s")
        : Optional.empty();
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
          poll(joined);
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

  private void poll(KafkaConsumer<String, byte[]> joined) {
    owned.values().forEach(OwnedPartition::throwIfBroken);
    for (ConsumerRecord<String, byte[]> record : joined.poll(POLL)) {
      TopicPartition from = new TopicPartition(record.topic(), record.partition());
      OwnedPartition partition = owned.get(from);
      if (partition == null || partition.lease().lost()) {
        // Fenced: the new owner reads it from the offset that we did not move.
        joined.pause(List.of(from));
      } else {
        take(joined, partition, record);
      }
    }
    lastPoll = System.nanoTime();
    trouble = fencedPartitions();
    runs.forgetEnded();
  }

  private void take(
      KafkaConsumer<String, byte[]> joined,
      OwnedPartition partition,
      ConsumerRecord<String, byte[]> record) {
    try {
      intake.take(
          partition, record, new OwnedPartition.Place(record.offset() + 1, joined.groupMetadata()));
    } catch (OwnershipLost e) {
      log.warn("{}: fenced while it took a command: {}", partition.partition(), e.getMessage());
      partition.lease().lose();
      joined.pause(List.of(partition.partition()));
    }
  }

  private String fencedPartitions() {
    List<TopicPartition> fenced =
        owned.values().stream()
            .filter(each -> each.lease().lost())
            .map(OwnedPartition::partition)
            .toList();
    return fenced.isEmpty() ? "" : "fenced from " + fenced + " until the group is balanced again";
  }

  /** Partitions come and go, on the polling thread. */
  private final class Assignment implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      if (!assigned.isEmpty()) {
        takeOver(assigned);
      }
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

  private void takeOver(Collection<TopicPartition> assigned) {
    long since = System.nanoTime();
    List<OwnedPartition> fresh = new ArrayList<>();
    for (TopicPartition each : assigned) {
      OwnedPartition partition = new OwnedPartition(each, clients, framing, carrying.clock());
      owned.put(each, partition);
      fresh.add(partition);
    }
    // Only now that every earlier owner is fenced is the journal complete.
    Map<Integer, ReadJournal> journal =
        new JournalReader(clients, framing, worker)
            .read(assigned.stream().map(TopicPartition::partition).toList());
    for (OwnedPartition partition : fresh) {
      ReadJournal read = journal.get(partition.partition().partition());
      keep(partition, read.damaged());
      partition.know(read.entries(Times.now(carrying.clock())));
      goOn(partition);
    }
    ownedCount = owned.size();
    log.info(
        "{}: owns {} more partitions after {} ms",
        worker.id(),
        assigned.size(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
  }

  /** For people; the entries stay in the journal, and their commands fail. */
  private void keep(OwnedPartition partition, List<ReadJournal.Damaged> damaged) {
    List<ReadJournal.Damaged> kept = damaged.subList(0, Math.min(MOST_KEPT, damaged.size()));
    kept.forEach(each -> log.error("the journal cannot be believed: {}", each.what()));
    if (kept.size() < damaged.size()) {
      log.error("and {} more entries of it", damaged.size() - kept.size());
    }
    if (!kept.isEmpty()) {
      partition.keep(
          kept.stream().map(each -> each.letter(carrying.owner())).toList(),
          CommandIntake.PATIENCE);
    }
    damaged.forEach(each -> carrying.buried().run());
  }

  /** All are built before the first one runs, so that one may find its place behind another. */
  private void goOn(OwnedPartition partition) {
    Map<StepCommand, Execution> unfinished = new LinkedHashMap<>();
    for (StepCommand command : partition.unfinished()) {
      log.info("{}: goes on from the journal", command.getCommandId());
      Execution built = null;
      try {
        built = runs.execution(partition, command, partition);
      } catch (RuntimeException e) {
        // Its run tries again by itself; it must not keep the others from going on.
        log.error("{}: cannot go on yet", command.getCommandId(), e);
      }
      unfinished.put(command, built);
    }
    unfinished.forEach((command, built) -> runs.start(partition, command, built));
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
    runs.end(dropped, GOODBYE);
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
