package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.schemas.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a cutover that failed could not put back. The platform is then not as it was, whatever the
 * probes say: a database may be up while nobody who writes to it is.
 *
 * <p>The last attempt's error says it; before the next attempt it is kept as a fact of the step. An
 * attempt that ends early has nothing of its own left behind and says nothing of the one before, so
 * only the end of the step, or a source that was found sound with nothing left behind, forgets it.
 */
final class LeftBehind {
  static final String FACT = "left-behind";

  private LeftBehind() {}

  /** In words; empty when nothing was, or the step is no cutover. */
  static String of(StepView step) {
    if (step.getPhase() != Phase.CUTOVER) {
      return "";
    }
    StepError error = step.getError();
    return error != null && !error.getLeftBehind().isBlank()
        ? error.getLeftBehind()
        : Facts.find(step.getFacts(), FACT).orElse("");
  }

  /** A sentence to put behind another one; empty when nothing was left behind. */
  static String told(StepView step) {
    return told(of(step));
  }

  /**
   * The same, of an end that any step came to. What a restore left is beside the platform and
   * changes nothing of it; but it costs money, and nobody else knows of it.
   */
  static String told(StepView step, StepError error) {
    return told(of(step).isEmpty() ? error.getLeftBehind() : of(step));
  }

  private static String told(String left) {
    return left.isBlank() ? "" : " Left behind: " + left.replaceFirst("\\.$", "") + ".";
  }

  static String told(IncidentView incident) {
    return incident.getSteps().stream().map(LeftBehind::told).collect(Collectors.joining());
  }

  /** Before the error of the last attempt is dropped. */
  static void keep(StepView step) {
    String left = of(step);
    if (!left.isEmpty()) {
      step.setFacts(Facts.merge(step.getFacts(), List.of(new Fact(FACT, left))));
    }
  }

  /**
   * After an attempt that may have proven that the platform is as it was. Workers put back what
   * they know of; what an earlier attempt had left is told once more before it is let go.
   */
  static void forgetIfSound(Round round, StepView step, StepError error) {
    Optional<String> kept = Facts.find(step.getFacts(), FACT);
    if (kept.isEmpty()
        // The API of a cluster says nothing of where its customers are.
        || Landscape.isCluster(round, step.getComponent())
        || error.getCode() != FailureCode.SOURCE_SOUND
        || !error.getLeftBehind().isBlank()) {
      return;
    }
    forget(step);
    String text =
        "%s found the source sound and left nothing behind. An attempt before it had: %s"
            .formatted(step.getId(), kept.get());
    String next = "See that nothing of it is left; the incident ends when everything is up.";
    round.event(IncidentKind.NOTE, step.getComponent(), text, next);
    round.tell(
        round.incident().getSeverity(),
        Escalation.Action.TRIGGER,
        "%s may heal by itself after a failed cutover".formatted(round.state.getPlatform()),
        text + " " + next,
        next);
  }

  static void forget(StepView step) {
    step.setFacts(
        step.getFacts().stream()
            .filter(fact -> !fact.getName().equals(FACT))
            .collect(Collectors.toCollection(ArrayList::new)));
  }
}
