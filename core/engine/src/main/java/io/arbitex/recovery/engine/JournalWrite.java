package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepEvent;
import java.util.List;
import java.util.Optional;

/**
 * What is written in one transaction.
 *
 * @param entry for the journal
 * @param events for {@code recovery.progress}
 * @param binding for {@code recovery.bindings}; only with the terminal entry of a success
 */
public record JournalWrite(JournalEntry entry, List<StepEvent> events, Optional<Binding> binding) {
  public JournalWrite {
    events = List.copyOf(events);
  }
}
