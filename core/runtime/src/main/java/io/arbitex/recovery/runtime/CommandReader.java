package io.arbitex.recovery.runtime;

import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.UndecodableRecord;
import io.arbitex.recovery.schemas.Worker;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Tells a worker's commands from what it must never act on, however well that decodes. */
public final class CommandReader {
  /** Far more than the decider writes; what is taken must fit into a journal entry of 1 MiB. */
  public static final int LARGEST = 256 * 1024;

  private final Worker worker;
  private final Framing framing;
  private final Partitions partitions;

  public CommandReader(Worker worker, Framing framing, Partitions partitions) {
    this.worker = worker;
    this.framing = framing;
    this.partitions = partitions;
  }

  /**
   * The command in a record of the worker's topic.
   *
   * @throws UndecodableRecord when it is none; to become a dead letter
   */
  public StepCommand read(ConsumerRecord<String, byte[]> record) {
    if (record.value() != null && record.value().length > LARGEST) {
      throw new UndecodableRecord(
          "a command of "
              + record.value().length
              + " bytes; no more than "
              + LARGEST
              + " are taken");
    }
    StepCommand command = framing.decode(record.value(), StepCommand.class);
    if (!command.getWorker().equals(worker.id())) {
      throw new UndecodableRecord(
          "a command for worker '" + command.getWorker() + "' on the topic of " + worker.id());
    }
    if (command.getCommandId().isEmpty() || command.getKind() == CommandKind.UNSPECIFIED) {
      throw new UndecodableRecord("a command without an id or a kind");
    }
    int right = partitions.ofPlatform(command.getPlatform());
    if (right != record.partition()) {
      throw new UndecodableRecord(
          "platform '" + command.getPlatform() + "' belongs to partition " + right);
    }
    return command;
  }
}
