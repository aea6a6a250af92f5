package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.JournalEntry;
import java.util.List;

/**
 * Port: the write-ahead journal. It keeps the newest entry of each command and action.
 *
 * <p>A runtime exception other than {@link OwnershipLost} means that nothing is known about the
 * write: the execution ends there as if the process had died, and is built anew from the journal.
 */
public interface Journal {

  /**
   * Writes all parts or none, durably, and only while this process owns the command.
   *
   * @return a token that is larger than that of every earlier write by any owner
   * @throws OwnershipLost when another process owns the command; then nothing was written
   */
  long append(JournalWrite write);

  /** The newest entry of each action of a command; empty for an unknown command. */
  List<JournalEntry> entries(String commandId);
}
