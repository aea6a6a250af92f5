package io.arbitex.recovery.schemas;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All transitions of a state machine, in one place: what runs and what the documents show is the
 * same table.
 *
 * @param <S> states
 * @param <T> triggers
 */
public final class TransitionTable<S extends Enum<S>, T extends Enum<T>> {

  /** One row of the table. */
  public record Transition<S, T>(S from, T trigger, S to) {}

  private final String name;
  private final S initial;
  private final Map<S, Map<T, S>> rows = new LinkedHashMap<>();
  private final Set<Transition<S, T>> visited = ConcurrentHashMap.newKeySet();

  private TransitionTable(String name, S initial) {
    this.name = name;
    this.initial = initial;
  }

  public static <S extends Enum<S>, T extends Enum<T>> TransitionTable<S, T> named(
      String name, S initial) {
    return new TransitionTable<>(name, initial);
  }

  /** Adds a row. */
  public TransitionTable<S, T> on(S from, T trigger, S to) {
    S before = rows.computeIfAbsent(from, any -> new LinkedHashMap<>()).putIfAbsent(trigger, to);
    if (before != null) {
      throw new IllegalStateException(name + ": " + from + " on " + trigger + " is there twice");
    }
    return this;
  }

  /**
   * The state after a trigger.
   *
   * @param history what happened so far; it is in the message, since that is what explains the bug
   * @throws IllegalStateException when the table has no such row
   */
  public S next(S from, T trigger, List<String> history) {
    S to =
        find(from, trigger)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        name
                            + ": no transition from "
                            + from
                            + " on "
                            + trigger
                            + "; history: "
                            + String.join(" > ", history)));
    visited.add(new Transition<>(from, trigger, to));
    return to;
  }

  /** Rows that this process has never taken; a test suite that leaves one has a hole. */
  public List<Transition<S, T>> unvisited() {
    return transitions().stream().filter(row -> !visited.contains(row)).toList();
  }

  public Optional<S> find(S from, T trigger) {
    return Optional.ofNullable(rows.getOrDefault(from, Map.of()).get(trigger));
  }

  /** A state without a row of its own is an end. */
  public boolean isEnd(S state) {
    return !rows.containsKey(state);
  }

  public List<Transition<S, T>> transitions() {
    List<Transition<S, T>> all = new ArrayList<>();
    rows.forEach(
        (from, row) -> row.forEach((trigger, to) -> all.add(new Transition<>(from, trigger, to))));
    return all;
  }

  /** The table as a Mermaid state diagram in Markdown. */
  public String diagram() {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(name).append("\n\n");
    text.append("Generated from the transition table; a test fails when it is stale.\n\n");
    text.append("```mermaid\nstateDiagram-v2\n    [*] --> ").append(initial).append('\n');
    Set<S> ends = new LinkedHashSet<>();
    for (Transition<S, T> row : transitions()) {
      text.append("    ").append(row.from()).append(" --> ").append(row.to());
      text.append(" : ").append(row.trigger()).append('\n');
      if (isEnd(row.to())) {
        ends.add(row.to());
      }
    }
    ends.forEach(end -> text.append("    ").append(end).append(" --> [*]\n"));
    return text.append("```\n").toString();
  }
}
