package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.JournalState;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the journal holds about one command: all that an execution remembers across a crash. */
final class CommandLog {
  static final String STARTED = Procedure.RESERVED + "started-at";
  static final String FAILURES = Procedure.RESERVED + "failures";
  private static final String GAVE_UP = Procedure.RESERVED + "gave-up";
  private static final String RULED_OUT = Procedure.RESERVED + "ruled-out";
  static final String OUTCOME = Procedure.RESERVED + "outcome";

  private final StepCommand command;
  private final Ports ports;
  private final Map<String, JournalEntry> entries = new LinkedHashMap<>();

  CommandLog(StepCommand command, Ports ports) {
    this.command = command;
    this.ports = ports;
    ports
        .journal()
        .entries(command.getCommandId())
        .forEach(entry -> entries.put(entry.getAction(), entry));
  }

  boolean accepted() {
    return entries.containsKey(JournalEntries.COMMAND);
  }

  boolean cancelled() {
    return entries.containsKey(JournalEntries.CANCEL);
  }

  /** How the command ended; empty while it has not. */
  Optional<Next.Finished> end() {
    return find(JournalEntries.COMMAND)
        .filter(entry -> entry.getState() == JournalState.TERMINAL)
        .map(entry -> new Next.Finished(outcome(entry), Optional.ofNullable(entry.getError())));
  }

  /** Why what the journal says of this command cannot be believed; empty when it can. */
  Optional<StepError> damage() {
    return find(JournalEntries.DAMAGED).map(JournalEntry::getError);
  }

  Optional<JournalEntry> stop() {
    return find(JournalEntries.STOP);
  }

  static Outcome outcome(JournalEntry entry) {
    return Facts.find(entry.getFacts(), OUTCOME).map(Outcome::valueOf).orElse(Outcome.FAILED);
  }

  boolean done(Action action) {
    return find(action.name()).filter(entry -> entry.getState() == JournalState.DONE).isPresent();
  }

  /** The intent was written at least once, so the world may have been touched. */
  boolean intended(Action action) {
    return find(action.name()).filter(entry -> entry.getTries() > 0).isPresent();
  }

  boolean gaveUp(Action action) {
    return find(action.name())
        .filter(entry -> Facts.find(entry.getFacts(), GAVE_UP).isPresent())
        .isPresent();
  }

  /** It was given up, and it is certain that it did not happen. */
  boolean ruledOut(Action action) {
    return find(action.name())
        .filter(entry -> Facts.find(entry.getFacts(), RULED_OUT).isPresent())
        .isPresent();
  }

  /** A fact of any action, also of one that this version does not know. */
  Optional<String> anywhere(String fact) {
    return entries.values().stream()
        .flatMap(entry -> Facts.find(entry.getFacts(), fact).stream())
        .findFirst();
  }

  Optional<StepError> error(Action action) {
    return find(action.name()).map(JournalEntry::getError);
  }

  /** Moment of the failure after which the action waits for its next try. */
  Optional<Instant> failedAt(Action action) {
    return find(action.name())
        .filter(entry -> entry.getState() == JournalState.FAILED)
        .map(JournalEntry::getAt);
  }

  int failures(Action action) {
    return find(action.name())
        .flatMap(entry -> Facts.find(entry.getFacts(), FAILURES))
        .map(Integer::parseInt)
        .orElse(0);
  }

  int tries(Action action) {
    return find(action.name()).map(JournalEntry::getTries).orElse(0);
  }

  Optional<Instant> startedAt(String action) {
    return find(action).flatMap(entry -> Facts.find(entry.getFacts(), STARTED)).map(Instant::parse);
  }

  /** Facts of the actions, in the order of the list; those that only the engine needs left out. */
  Map<String, String> facts(List<Action> actions) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (Action action : actions) {
      find(action.name()).ifPresent(entry -> facts.putAll(known(entry)));
    }
    return facts;
  }

  private static Map<String, String> known(JournalEntry entry) {
    Map<String, String> facts = Facts.toMap(entry.getFacts());
    facts.keySet().removeIf(name -> name.startsWith(Procedure.RESERVED));
    return facts;
  }

  void accept(StepEvent event) {
    JournalEntry entry = entry(JournalEntries.COMMAND, JournalState.ACCEPTED);
    entry.setFacts(Facts.of(Map.of(STARTED, Times.now(ports.clock()).toString())));
    entry.setCommand(command);
    append(entry, List.of(event), Optional.empty());
  }

  /**
   * The intent, again or for the first time.
   *
   * @return the token
   */
  long intend(Action action, int tries, Instant startedAt, List<StepEvent> events) {
    JournalEntry entry = entry(action.name(), JournalState.INTENT);
    entry.setTries(tries);
    entry.setFacts(kept(action, startedAt));
    return append(entry, events, Optional.empty());
  }

  long remember(Action action, Instant startedAt, String name, String value) {
    JournalEntry entry = entry(action.name(), JournalState.INTENT);
    entry.setTries(tries(action));
    entry.setFacts(Facts.merge(kept(action, startedAt), List.of(new Fact(name, value))));
    return append(entry, List.of(), Optional.empty());
  }

  void done(Action action, Instant startedAt, Map<String, String> found, StepEvent event) {
    JournalEntry entry = entry(action.name(), JournalState.DONE);
    entry.setTries(tries(action));
    entry.setFacts(Facts.merge(kept(action, startedAt), Facts.of(found)));
    append(entry, List.of(event), Optional.empty());
  }

  void failed(
      Action action,
      Instant startedAt,
      StepError error,
      boolean gaveUp,
      boolean ruledOut,
      List<StepEvent> events) {
    JournalEntry entry = entry(action.name(), JournalState.FAILED);
    entry.setTries(tries(action));
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact(FAILURES, Integer.toString(failures(action) + 1)));
    if (gaveUp) {
      facts.add(new Fact(GAVE_UP, "true"));
    }
    if (ruledOut) {
      facts.add(new Fact(RULED_OUT, "true"));
    }
    entry.setFacts(Facts.merge(kept(action, startedAt), facts));
    entry.setError(error);
    append(entry, events, Optional.empty());
  }

  void stopped(Outcome outcome, StepError error) {
    JournalEntry entry = entry(JournalEntries.STOP, JournalState.FAILED);
    entry.setFacts(Facts.of(Map.of(OUTCOME, outcome.name())));
    entry.setError(error);
    append(entry, List.of(), Optional.empty());
  }

  void close(Next.Finished end, StepEvent event, Optional<Binding> binding) {
    JournalEntry entry = entry(JournalEntries.COMMAND, JournalState.TERMINAL);
    entry.setFacts(Facts.merge(event.getFacts(), Facts.of(Map.of(OUTCOME, end.outcome().name()))));
    entry.setError(end.error().orElse(null));
    append(entry, List.of(event), binding);
  }

  /** Facts that an entry of the action takes over from the one before it. */
  private List<Fact> kept(Action action, Instant startedAt) {
    List<Fact> before = find(action.name()).map(JournalEntry::getFacts).orElse(List.of());
    return Facts.merge(before, List.of(new Fact(STARTED, startedAt.toString())));
  }

  private JournalEntry entry(String action, JournalState state) {
    return JournalEntry.newBuilder()
        .setCommandId(command.getCommandId())
        .setAction(action)
        .setState(state)
        .setPlatform(command.getPlatform())
        .setWorker(ports.worker())
        .setOwner(ports.owner())
        .setAt(Times.now(ports.clock()))
        .setTries(0)
        .setFacts(List.of())
        .build();
  }

  private long append(JournalEntry entry, List<StepEvent> events, Optional<Binding> binding) {
    long token = ports.journal().append(new JournalWrite(entry, events, binding));
    entries.put(entry.getAction(), entry);
    return token;
  }

  private Optional<JournalEntry> find(String action) {
    return Optional.ofNullable(entries.get(action));
  }
}
