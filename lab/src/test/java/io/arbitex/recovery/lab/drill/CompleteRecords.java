package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.ValidationOutcome;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * What the topics must hold after a recovery, however often processes died on the way: each thing
 * that was begun has exactly one end, each thing that is said once was said once.
 */
final class CompleteRecords {
  private static final Set<StepTransition> ENDS =
      EnumSet.of(
          StepTransition.DONE,
          StepTransition.FAILED,
          StepTransition.REFUSED,
          StepTransition.CANCELLED);
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private CompleteRecords() {}

  static void demand(Watcher watcher, String incidentId) throws InterruptedException {
    // Messages to people are never in the way of the recovery, so they may end after it.
    watcher.awaitAll(
        LIMIT,
        records ->
            commands(records, incidentId).stream()
                .filter(command -> command.getWorker().equals("notify"))
                .allMatch(command -> ends(records, command.getCommandId()).size() == 1));
    List<SpecificRecordBase> all = watcher.records();
    IncidentRecords records = watcher.incident(incidentId);
    for (IncidentKind once :
        List.of(
            IncidentKind.OPENED,
            IncidentKind.PLAN_ISSUED,
            IncidentKind.POINT_OF_NO_RETURN,
            IncidentKind.PROVEN,
            IncidentKind.RESOLVED)) {
      assertThat(records.events())
          .filteredOn(event -> event.getKind() == once)
          .as("%s", once)
          .hasSize(1);
    }
    assertThat(records.events()).extracting(IncidentEvent::getId).doesNotHaveDuplicates();
    for (StepCommand command : commands(all, incidentId)) {
      if (!command.getWorker().equals("verifier")) {
        demandEnd(all, command);
      }
    }
    assertThat(records.events())
        .filteredOn(event -> event.getKind() == IncidentKind.STEP_DISPATCHED)
        .isNotEmpty()
        .allSatisfy(
            dispatched ->
                assertThat(records.events())
                    .filteredOn(event -> event.getStepId().equals(dispatched.getStepId()))
                    .filteredOn(event -> event.getKind() == IncidentKind.STEP_DONE)
                    .as("ends of %s", dispatched.getStepId())
                    .hasSize(1));
    for (Phase phase : EnumSet.complementOf(EnumSet.of(Phase.NONE))) {
      assertThat(records.phases()).extracting(PhaseMetric::getPhase).containsOnlyOnce(phase);
    }
    assertThat(records.losses()).hasSize(1);
    assertThat(records.outcomes())
        .filteredOn(outcome -> outcome.getKind() == OutcomeKind.VERDICT)
        .hasSize(1);
    assertThat(records.outcomes()).extracting(ValidationOutcome::getCheck).doesNotHaveDuplicates();
  }

  private static void demandEnd(List<SpecificRecordBase> all, StepCommand command) {
    List<StepEvent> events = progress(all, command.getCommandId());
    assertThat(ends(all, command.getCommandId()))
        .as("ends of %s: %s", command.getCommandId(), events)
        .hasSize(1)
        .allSatisfy(end -> assertThat(end.getTransition()).isEqualTo(StepTransition.DONE));
    assertThat(events)
        .filteredOn(event -> event.getTransition() == StepTransition.ACTION_STARTED)
        .allSatisfy(
            started ->
                assertThat(events)
                    .filteredOn(event -> event.getTransition() == StepTransition.ACTION_DONE)
                    .extracting(StepEvent::getAction)
                    .as("ends of the actions of %s", command.getCommandId())
                    .containsOnlyOnce(started.getAction()));
  }

  static List<StepCommand> commands(List<SpecificRecordBase> all, String incidentId) {
    return all.stream()
        .filter(StepCommand.class::isInstance)
        .map(StepCommand.class::cast)
        .filter(command -> command.getIncidentId().equals(incidentId))
        .filter(command -> command.getKind() == CommandKind.EXECUTE)
        .toList();
  }

  private static List<StepEvent> ends(List<SpecificRecordBase> all, String commandId) {
    return progress(all, commandId).stream()
        .filter(event -> ENDS.contains(event.getTransition()))
        .toList();
  }

  private static List<StepEvent> progress(List<SpecificRecordBase> all, String commandId) {
    return all.stream()
        .filter(StepEvent.class::isInstance)
        .map(StepEvent.class::cast)
        .filter(event -> event.getCommandId().equals(commandId))
        .toList();
  }
}
