package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.StepCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Actions in their order, preflight first.
 *
 * @param name as in the command, {@code store.way}
 * @param actions carried out one after the other
 * @param onFailure clean-up, in order, when an action failed or was cancelled before the point of
 *     no return. Each must be right whatever the actions before it did or did not do.
 * @param pointOfNoReturn name of the action after which it only goes forward: no clean-up, no
 *     cancel, no deadline but the actions' own
 * @param publication the binding that a success publishes
 */
public record Procedure(
    String name,
    List<Action> actions,
    List<Action> onFailure,
    Optional<String> pointOfNoReturn,
    Optional<Publication> publication) {

  /** Makes the binding that is published in the transaction of the success. */
  @FunctionalInterface
  public interface Publication {
    Binding binding(StepCommand command, Map<String, String> facts, Instant at);
  }

  /** Names in the journal that are not actions start with it. */
  static final String RESERVED = "!";

  public Procedure {
    actions = List.copyOf(actions);
    onFailure = List.copyOf(onFailure);
    Set<String> names = new HashSet<>();
    Stream.concat(actions.stream(), onFailure.stream())
        .map(Action::name)
        .forEach(
            each -> {
              if (each.isEmpty() || each.startsWith(RESERVED) || !names.add(each)) {
                throw new IllegalArgumentException(
                    name + ": '" + each + "' is empty, reserved, or there twice");
              }
            });
    if (actions.isEmpty()) {
      throw new IllegalArgumentException(name + " has no action");
    }
    List<String> forward = actions.stream().map(Action::name).toList();
    pointOfNoReturn.ifPresent(
        point -> {
          if (!forward.contains(point)) {
            throw new IllegalArgumentException(name + ": '" + point + "' is none of " + forward);
          }
        });
  }

  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Puts a procedure together. */
  public static final class Builder {
    private final String name;
    private final List<Action> actions = new ArrayList<>();
    private final List<Action> onFailure = new ArrayList<>();
    private Optional<String> pointOfNoReturn = Optional.empty();
    private Optional<Publication> publication = Optional.empty();

    private Builder(String name) {
      this.name = name;
    }

    public Builder action(Action action) {
      actions.add(action);
      return this;
    }

    /** Actions that a configuration may or may not have. */
    public Builder actions(List<? extends Action> some) {
      actions.addAll(some);
      return this;
    }

    /** An action after which it only goes forward. */
    public Builder pointOfNoReturn(Action action) {
      pointOfNoReturn = Optional.of(action.name());
      return action(action);
    }

    public Builder onFailure(Action action) {
      onFailure.add(action);
      return this;
    }

    public Builder onFailure(List<? extends Action> some) {
      onFailure.addAll(some);
      return this;
    }

    public Builder publishing(Publication made) {
      publication = Optional.of(made);
      return this;
    }

    public Procedure build() {
      return new Procedure(name, actions, onFailure, pointOfNoReturn, publication);
    }
  }
}
