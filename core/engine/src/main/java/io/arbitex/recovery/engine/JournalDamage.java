package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.JournalState;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.schemas.Facts;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What in a journal cannot be believed. Nobody knows what a damaged entry said: whether an action
 * was begun, or done, or passed the point of no return. So a command that has one is neither gone
 * on with nor cleaned up behind; it fails and says so.
 */
public final class JournalDamage {
  private JournalDamage() {}

  /**
   * What is wrong with an entry that was decoded; empty when it can be believed.
   *
   * @param key that it was found under
   */
  public static Optional<String> in(String key, JournalEntry entry) {
    if (!JournalEntries.key(entry).equals(key)) {
      return Optional.of("its key is '" + key + "', it says '" + JournalEntries.key(entry) + "'");
    }
    if (entry.getCommandId().isEmpty() || entry.getState() == JournalState.UNSPECIFIED) {
      return Optional.of("it has no command or no state");
    }
    boolean ofCommand = entry.getAction().equals(JournalEntries.COMMAND);
    if (ofCommand && entry.getState() == JournalState.ACCEPTED) {
      if (entry.getCommand() == null
          || !entry.getCommand().getCommandId().equals(entry.getCommandId())
          || !entry.getCommand().getWorker().equals(entry.getWorker())) {
        return Optional.of("it accepts a command that it does not hold");
      }
    } else if (ofCommand && entry.getState() != JournalState.TERMINAL) {
      return Optional.of("a command is not " + entry.getState());
    }
    return unreadableFact(entry);
  }

  private static Optional<String> unreadableFact(JournalEntry entry) {
    if (entry.getTries() < 0) {
      return Optional.of("it was tried " + entry.getTries() + " times");
    }
    try {
      Facts.find(entry.getFacts(), CommandLog.STARTED).ifPresent(Instant::parse);
      Facts.find(entry.getFacts(), CommandLog.FAILURES).ifPresent(Integer::parseInt);
      Facts.find(entry.getFacts(), CommandLog.OUTCOME).ifPresent(Outcome::valueOf);
      return Optional.empty();
    } catch (DateTimeException | IllegalArgumentException e) {
      return Optional.of("a fact of it cannot be read: " + e.getMessage());
    }
  }

  /** The command whose journal an entry's key belongs to; empty when it names none. */
  public static Optional<String> commandOf(String key) {
    int slash = key == null ? -1 : key.lastIndexOf('/');
    return slash < 1 ? Optional.empty() : Optional.of(key.substring(0, slash));
  }

  /**
   * What stands in memory for the entries of a command that cannot be believed. It is never
   * written: the damaged ones stay where they are, for people to look at.
   *
   * @param what was found, and where
   */
  public static JournalEntry standIn(String commandId, String what, Instant at) {
    return JournalEntry.newBuilder()
        .setCommandId(commandId)
        .setAction(JournalEntries.DAMAGED)
        .setState(JournalState.FAILED)
        .setPlatform("")
        .setWorker("")
        .setOwner("")
        .setAt(at)
        .setTries(0)
        .setFacts(List.of())
        .setError(
            new StepError(
                // The decider asks a person then, and tries nothing else on the component.
                FailureCode.UNKNOWN,
                "the journal of this command is damaged: " + what,
                "Nobody knows how far it came. Look at the target for what it made, by the names"
                    + " in its progress, before anything is tried again.",
                "whatever it did so far; nothing was cleaned up"))
        .build();
  }
}
