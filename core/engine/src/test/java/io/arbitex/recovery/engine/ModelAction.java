package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.StepCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An action on a world that is a counter: so when it was raised, and each raise is an effect. */
final class ModelAction implements Action {

  /** What an action does instead of, or before, its effect. */
  interface Trouble {
    void strike(ActionContext context) throws ActionFailure, InterruptedException;
  }

  static final Trouble NONE = context -> {};

  private final String name;
  private final CrashPoints crashes;
  private final boolean changesWorld;
  final List<Long> tokens = new ArrayList<>();
  int effects;
  int looks;
  boolean broken;
  boolean canBeRuledOut = true;
  RetryPolicy retry = RetryPolicy.upTo(3, Duration.ofSeconds(1), Duration.ofSeconds(10));
  Duration deadline = Duration.ofMinutes(5);
  Trouble onLook = NONE;
  Trouble onMake = NONE;
  Optional<ModelAction> undoes = Optional.empty();
  Optional<Instant> notBefore = Optional.empty();

  ModelAction(String name, CrashPoints crashes, boolean changesWorld) {
    this.name = name;
    this.crashes = crashes;
    this.changesWorld = changesWorld;
  }

  static ModelAction undoing(ModelAction other, CrashPoints crashes) {
    ModelAction undo = new ModelAction("undo-" + other.name, crashes, true);
    undo.undoes = Optional.of(other);
    return undo;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String intention() {
    return "do " + name;
  }

  @Override
  public Duration deadline() {
    return deadline;
  }

  @Override
  public RetryPolicy retry() {
    return retry;
  }

  @Override
  public Optional<Instant> notBefore(StepCommand command) {
    return notBefore;
  }

  @Override
  public boolean changesWorld() {
    return changesWorld;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    looks++;
    crashes.pass();
    onLook.strike(context);
    boolean so = undoes.map(other -> other.effects == 0).orElse(!changesWorld || effects > 0);
    return so && !broken
        ? Look.alreadySo(Map.of("fact-of-" + name, "seen"))
        : Look.notYet("the counter of " + name + " is " + effects);
  }

  @Override
  public boolean ruledOut(ActionContext context) {
    crashes.pass();
    return canBeRuledOut && effects == 0;
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    crashes.pass();
    tokens.add(context.token());
    onMake.strike(context);
    if (undoes.isPresent()) {
      undoes.get().effects = 0;
    } else {
      effects++;
    }
    crashes.pass();
  }
}
