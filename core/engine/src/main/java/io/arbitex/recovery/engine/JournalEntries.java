package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.JournalState;
import io.arbitex.recovery.record.StepCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a journal must know about its entries: their keys, and which commands are unfinished. */
public final class JournalEntries {
  /** Action of the entry that stands for the command itself. */
  static final String COMMAND = "";

  /** Action of the entry that says a cancel was asked for. */
  static final String CANCEL = Procedure.RESERVED + "cancel";

  /** Action of the entry that says the command was stopped between actions. */
  static final String STOP = Procedure.RESERVED + "stop";

  /** Action of the entry that stands in for damaged ones. */
  static final String DAMAGED = Procedure.RESERVED + "damaged";

  private JournalEntries() {}

  /** Key of an entry: the newest entry of a key replaces the others. */
  public static String key(JournalEntry entry) {
    return entry.getCommandId() + "/" + entry.getAction();
  }

  /**
   * The entry that makes a cancel durable. To be written before the offset of the cancel moves on,
   * else a crash forgets it.
   *
   * @throws IllegalArgumentException when the command is no cancel
   */
  public static JournalEntry cancel(StepCommand cancel, String owner, Instant at) {
    if (cancel.getKind() != CommandKind.CANCEL) {
      throw new IllegalArgumentException("not a cancel: " + cancel.getKind());
    }
    return JournalEntry.newBuilder()
        .setCommandId(cancel.getCommandId())
        .setAction(CANCEL)
        .setState(JournalState.ACCEPTED)
        .setPlatform(cancel.getPlatform())
        .setWorker(cancel.getWorker())
        .setOwner(owner)
        .setAt(at)
        .setTries(0)
        .setFacts(List.of())
        .build();
  }

  /** Commands that were accepted and have no end yet, in the order in which they were accepted. */
  public static List<StepCommand> unfinished(Collection<JournalEntry> entries) {
    List<StepCommand> commands = new ArrayList<>();
    Set<String> ended = new HashSet<>();
    for (JournalEntry entry : entries) {
      if (entry.getAction().equals(COMMAND) && entry.getState() == JournalState.TERMINAL) {
        ended.add(entry.getCommandId());
      }
    }
    entries.stream()
        .filter(entry -> entry.getAction().equals(COMMAND))
        .filter(entry -> entry.getState() == JournalState.ACCEPTED)
        .filter(entry -> !ended.contains(entry.getCommandId()))
        .sorted((a, b) -> a.getAt().compareTo(b.getAt()))
        .forEach(entry -> commands.add(entry.getCommand()));
    return commands;
  }

  /**
   * Whether the journal knows the command, ended or not. What is damaged may be its acceptance, so
   * such a command counts as known: it must not be begun a second time.
   */
  public static boolean knows(Collection<JournalEntry> entriesOfCommand) {
    return entriesOfCommand.stream()
        .anyMatch(entry -> entry.getAction().equals(COMMAND) || entry.getAction().equals(DAMAGED));
  }
}
