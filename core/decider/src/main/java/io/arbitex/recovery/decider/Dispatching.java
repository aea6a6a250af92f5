package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which step of a plan comes next, and what stands against it. One at a time, in the order of the
 * plan; where the policy says so, side by side.
 *
 * <p>Two cutovers never run side by side: both stop and start the same workloads.
 */
final class Dispatching {
  /** Reasons not to carry out one step; another one that does not require it may go on. */
  private static final List<BiFunction<Round, StepView, Optional<Guards.Block>>> BEFORE_STEP =
      List.of(ClusterSteps::stillLost, Losses::beforeCutover, Approvals::needed);

  private Dispatching() {}

  /**
   * What can be done now.
   *
   * @param next the step to dispatch
   * @param block what stands against the plan, or against one of its steps that would be next
   */
  record Turn(Optional<StepView> next, Optional<Guards.Block> block) {}

  static Turn turn(Round round) {
    Optional<Guards.Block> whole = Guards.whileRecovering(round);
    if (whole.isPresent()) {
      return new Turn(Optional.empty(), whole);
    }
    boolean cuttingOver = isUnderWay(round, Phase.CUTOVER);
    Optional<StepView> next = Optional.empty();
    Optional<Guards.Block> block = Optional.empty();
    for (StepView step : ready(round)) {
      Optional<Guards.Block> against = against(round, step);
      if (against.isPresent()) {
        block = block.or(() -> against);
      } else if (next.isEmpty() && !(cuttingOver && step.getPhase() == Phase.CUTOVER)) {
        next = Optional.of(step);
      }
    }
    if (next.isEmpty() && block.isEmpty() && !isAnyUnderWay(round)) {
      block =
          waiting(round).stream()
              .filter(step -> ClusterSteps.isHeldBack(round, step))
              .findFirst()
              .flatMap(step -> ClusterSteps.heldBack(round, step));
    }
    return new Turn(next, block.or(() -> Joining.objection(round)));
  }

  private static Optional<Guards.Block> against(Round round, StepView step) {
    List<Function<Round, Optional<Guards.Block>>> guards = new ArrayList<>();
    BEFORE_STEP.forEach(guard -> guards.add(at -> guard.apply(at, step)));
    return Guards.first(round, guards);
  }

  /** In their order, all that may be carried out as far as the plan goes. */
  private static List<StepView> ready(Round round) {
    boolean parallel = round.policy.procedures().parallel();
    if (!parallel && isAnyUnderWay(round)) {
      return List.of();
    }
    List<StepView> free =
        waiting(round).stream().filter(step -> !ClusterSteps.isHeldBack(round, step)).toList();
    return parallel ? free : free.stream().limit(1).toList();
  }

  /** Steps that wait for no other step. */
  private static List<StepView> waiting(Round round) {
    List<StepView> steps = round.incident().getSteps();
    Set<String> over =
        steps.stream().filter(Steps::isOver).map(StepView::getId).collect(Collectors.toSet());
    return steps.stream()
        .filter(step -> step.getState() == StepPhase.WAITING)
        .filter(step -> over.containsAll(step.getRequires()))
        .toList();
  }

  private static boolean isAnyUnderWay(Round round) {
    return round.incident().getSteps().stream().anyMatch(Steps::underWay);
  }

  private static boolean isUnderWay(Round round, Phase phase) {
    return round.incident().getSteps().stream()
        .anyMatch(step -> step.getPhase() == phase && Steps.underWay(step));
  }
}
