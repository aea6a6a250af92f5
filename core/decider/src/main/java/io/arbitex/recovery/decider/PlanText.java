package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.PlannedStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The steps of a plan in one line, for whoever is to approve it. */
final class PlanText {
  private PlanText() {}

  /**
   * In the order in which they begin when they run one at a time: the first in the plan's order
   * whose requirements are behind it.
   */
  static String of(List<PlannedStep> steps) {
    List<PlannedStep> left = new ArrayList<>(steps);
    List<PlannedStep> ordered = new ArrayList<>();
    Set<String> begun = new HashSet<>();
    while (!left.isEmpty()) {
      PlannedStep next =
          left.stream()
              .filter(step -> begun.containsAll(step.getRequires()))
              .findFirst()
              // What requires a step that is in no plan is told where it stands.
              .orElse(left.get(0));
      left.remove(next);
      begun.add(next.getId());
      ordered.add(next);
    }
    return ordered.stream().map(step -> name(step, steps)).collect(Collectors.joining(" → "));
  }

  private static String name(PlannedStep step, List<PlannedStep> all) {
    String procedure = step.getProcedure();
    long alike = all.stream().filter(other -> other.getProcedure().equals(procedure)).count();
    return alike > 1 ? procedure + " of " + step.getComponent() : procedure;
  }
}
