package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How far a command has come in its procedure, as the journal says. Decides nothing by itself. */
final class Course {
  private static final String WOULD = "would-";

  private final StepCommand command;
  private final Optional<Procedure> procedure;
  private final CommandLog log;

  Course(StepCommand command, Optional<Procedure> procedure, CommandLog log) {
    this.command = command;
    this.procedure = procedure;
    this.log = log;
  }

  Optional<Procedure> procedure() {
    return procedure;
  }

  boolean dryRun() {
    return command.getMode() == Mode.DRY_RUN;
  }

  /** The first action that is not done. */
  Optional<Action> next() {
    return actions().stream().filter(each -> !log.done(each)).findFirst();
  }

  /** The first clean-up that has neither been done nor been given up. */
  Optional<Action> nextCleanUp() {
    return cleanUps().stream().filter(each -> !log.done(each) && !log.gaveUp(each)).findFirst();
  }

  boolean allDone() {
    return actions().stream().allMatch(log::done);
  }

  /** The action that was given up, which is why the command fails. */
  Optional<Action> gaveUp() {
    return actions().stream().filter(log::gaveUp).findFirst();
  }

  List<Action> cleanUpsGivenUp() {
    return cleanUps().stream().filter(log::gaveUp).toList();
  }

  /** An intent stands in the journal, so the world may have been touched. */
  boolean begun() {
    return actions().stream().anyMatch(log::intended);
  }

  boolean isPointOfNoReturn(Action action) {
    return pointOfNoReturn().filter(action::equals).isPresent();
  }

  /**
   * Whether it only goes forward. An action that was given up after its intent counts as passed,
   * since nobody knows what it did, unless the world proved that it did not happen. So does any in
   * a damaged journal.
   */
  boolean passedPointOfNoReturn() {
    return pointOfNoReturn()
        .filter(
            point ->
                log.damage().isPresent()
                    || log.done(point)
                    || (log.gaveUp(point) && log.intended(point) && !log.ruledOut(point)))
        .isPresent();
  }

  /**
   * What was or may have been the point of no return that is passed; empty before it and in a dry
   * run.
   */
  Optional<String> passed() {
    if (dryRun()) {
      return Optional.empty();
    }
    Optional<String> recorded = log.anywhere(Execution.POINT_OF_NO_RETURN);
    return recorded.isPresent() || !passedPointOfNoReturn()
        ? recorded
        : pointOfNoReturn().map(point -> point.intention() + " (it may have happened)");
  }

  /** After a crash the world alone knows whether the point of no return is passed. */
  boolean mustBeLookedAtFirst(Action action) {
    return log.intended(action) && isPointOfNoReturn(action);
  }

  /** Parameters of the command, overlaid by what the actions found. */
  Map<String, String> known() {
    Map<String, String> known = new LinkedHashMap<>(Facts.toMap(command.getParameters()));
    known.putAll(found());
    return known;
  }

  /** What the actions found. */
  Map<String, String> found() {
    return log.facts(Stream.concat(actions().stream(), cleanUps().stream()).toList());
  }

  /** What a dry run finds of an action that it does not carry out. */
  static Map<String, String> wouldDo(Action action) {
    return Map.of(WOULD + action.name(), action.intention());
  }

  /** A dry run has come past something that it did not carry out. */
  boolean wouldHaveChanged() {
    return log.facts(actions()).keySet().stream().anyMatch(name -> name.startsWith(WOULD));
  }

  private Optional<Action> pointOfNoReturn() {
    return procedure
        .flatMap(Procedure::pointOfNoReturn)
        .flatMap(name -> actions().stream().filter(each -> each.name().equals(name)).findFirst());
  }

  private List<Action> actions() {
    return procedure.map(Procedure::actions).orElse(List.of());
  }

  private List<Action> cleanUps() {
    return procedure.map(Procedure::onFailure).orElse(List.of());
  }
}
