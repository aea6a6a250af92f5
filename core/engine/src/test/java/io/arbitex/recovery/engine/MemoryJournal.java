package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.schemas.Framing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A journal in memory with owners that come one after the other; only the newest may write. */
final class MemoryJournal {
  private static final Framing FRAMING = new Framing();

  final Map<String, JournalEntry> entries = new LinkedHashMap<>();
  final List<JournalEntry> all = new ArrayList<>();
  final List<StepEvent> events = new ArrayList<>();
  final List<Binding> bindings = new ArrayList<>();
  private final CrashPoints crashes;
  private int owner;

  MemoryJournal(CrashPoints crashes) {
    this.crashes = crashes;
  }

  /** The journal as a new owner sees it; every earlier owner is fenced. */
  Journal takeOver() {
    int mine = ++owner;
    return new Journal() {
      @Override
      public long append(JournalWrite write) {
        crashes.pass();
        if (mine != owner) {
          throw new OwnershipLost("owner " + mine + " of " + owner, null);
        }
        JournalEntry copy = FRAMING.decode(FRAMING.encode(write.entry()), JournalEntry.class);
        entries.put(JournalEntries.key(copy), copy);
        all.add(copy);
        events.addAll(write.events());
        write.binding().ifPresent(bindings::add);
        long token = all.size();
        crashes.pass();
        return token;
      }

      @Override
      public List<JournalEntry> entries(String commandId) {
        crashes.pass();
        return entries.values().stream()
            .filter(entry -> entry.getCommandId().equals(commandId))
            .toList();
      }
    };
  }
}
