package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Journal;
import io.arbitex.recovery.engine.JournalEntries;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.OwnershipLost;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.CommandReader;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one record of a command topic: what it says goes into the journal in the transaction that
 * moves its offset on, so that it is taken once, whenever the process dies.
 */
final class CommandIntake {
  private static final Logger log = LoggerFactory.getLogger(CommandIntake.class);

  /** Less than max.poll.interval.ms, so that the group does not drop us while we try. */
  static final Duration PATIENCE = Duration.ofSeconds(12);

  private final Carrying carrying;
  private final CommandRuns runs;
  private final CommandReader commands;

  CommandIntake(Carrying carrying, CommandRuns runs, CommandReader commands) {
    this.carrying = carrying;
    this.runs = runs;
    this.commands = commands;
  }

  /**
   * Takes a record of an owned partition.
   *
   * @throws OwnershipLost when another process owns the partition; the record is then not taken
   * @throws KafkaException when the journal could not be written; the record is then not taken
   */
  void take(
      OwnedPartition partition, ConsumerRecord<String, byte[]> record, OwnedPartition.Place place) {
    StepCommand command;
    try {
      command = commands.read(record);
    } catch (UndecodableRecord e) {
      bury(partition, record, place, e.getMessage());
      return;
    }
    if (command.getKind() == CommandKind.CANCEL) {
      cancel(partition, command, place);
    } else if (JournalEntries.knows(partition.entries(command.getCommandId()))) {
      // A duplicate, under way or ended. The next command moves the offset on, and until then it
      // is a duplicate again.
      log.info("{}: is known already", command.getCommandId());
    } else {
      begin(partition, command, place);
    }
  }

  private void bury(
      OwnedPartition partition,
      ConsumerRecord<String, byte[]> record,
      OwnedPartition.Place place,
      String why) {
    log.error("{} at {} is no command: {}", partition.partition(), record.offset(), why);
    partition.bury(
        DeadLetters.of(
            carrying.owner(),
            record.topic(),
            record.partition(),
            record.offset(),
            record.key(),
            record.value(),
            why),
        place,
        PATIENCE);
    carrying.buried().run();
  }

  private void begin(OwnedPartition partition, StepCommand command, OwnedPartition.Place place) {
    FirstWriteMovesOffset journal = new FirstWriteMovesOffset(partition, place);
    Execution execution;
    try {
      execution = runs.execution(partition, command, journal);
    } catch (RuntimeException e) {
      // Nothing is begun yet: it fails at once, so that decider and people know.
      log.error("{}: no procedure can be made of it", command.getCommandId(), e);
      execution = runs.failing(partition, command, journal, e);
    }
    try {
      while (!journal.moved) {
        if (execution.advance() instanceof Next.Finished end && !journal.moved) {
          // Without a write the offset stays, so the command is not lost: its owner reads it.
          throw new OwnershipLost(
              command.getCommandId() + " was not accepted here: " + end.outcome(), null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while accepting " + command.getCommandId(), e);
    }
    runs.start(partition, command, execution);
  }

  private void cancel(OwnedPartition partition, StepCommand command, OwnedPartition.Place place) {
    JournalEntry entry =
        JournalEntries.cancel(command, carrying.owner(), Times.now(carrying.clock()));
    partition.append(
        new JournalWrite(entry, List.of(), Optional.empty()),
        Optional.of(place),
        Optional.of(PATIENCE));
    runs.cancel(command.getCommandId());
  }

  /** The journal of a command whose first write, ACCEPTED or a refusal, takes it off its topic. */
  private static final class FirstWriteMovesOffset implements Journal {
    private final OwnedPartition partition;
    private final OwnedPartition.Place place;
    private volatile boolean moved;

    FirstWriteMovesOffset(OwnedPartition partition, OwnedPartition.Place place) {
      this.partition = partition;
      this.place = place;
    }

    @Override
    public long append(JournalWrite write) {
      if (moved) {
        return partition.append(write);
      }
      long token = partition.append(write, Optional.of(place), Optional.of(PATIENCE));
      moved = true;
      return token;
    }

    @Override
    public List<JournalEntry> entries(String commandId) {
      return partition.entries(commandId);
    }
  }
}
