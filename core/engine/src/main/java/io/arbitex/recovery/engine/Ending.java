package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a command ends, and what people are told about it. */
final class Ending {
  private Ending() {}

  /** Why a command is not even begun; empty when it may begin. */
  static Optional<Next.Finished> refusal(
      StepCommand command, Course course, String worker, boolean cancelled, Instant now) {
    if (course.procedure().isEmpty()) {
      return Optional.of(
          with(
              Outcome.REFUSED,
              FailureCode.UNSUPPORTED,
              "no procedure '" + command.getProcedure() + "' in worker " + worker,
              "Upgrade the executors, or take the procedure out of the policy.",
              ""));
    }
    if (command.getMode() != Mode.ACT && command.getMode() != Mode.DRY_RUN) {
      return Optional.of(
          with(
              Outcome.REFUSED,
              FailureCode.UNSUPPORTED,
              "the command's mode is " + command.getMode() + ", which does nothing",
              "Set the policy's mode to act or dry-run.",
              ""));
    }
    if (cancelled) {
      return Optional.of(
          with(
              Outcome.CANCELLED,
              FailureCode.UNKNOWN,
              "cancelled before it was begun",
              "Nothing.",
              ""));
    }
    if (!now.isBefore(command.getDeadline())) {
      return Optional.of(
          with(
              Outcome.REFUSED,
              FailureCode.DEADLINE,
              "came at " + now + ", after its deadline " + command.getDeadline(),
              "See why the command was late: executors down, or behind.",
              ""));
    }
    return Optional.empty();
  }

  /** The end of a command that has no action and no clean-up left. */
  static Next.Finished of(StepCommand command, Course course, CommandLog log, boolean cancelled) {
    if (log.damage().isPresent()) {
      return new Next.Finished(Outcome.FAILED, log.damage());
    }
    if (course.procedure().isEmpty()) {
      return with(
          Outcome.FAILED,
          FailureCode.UNSUPPORTED,
          "begun by another version; this one has no '" + command.getProcedure() + "'",
          "Upgrade the executors, then look at what the step left behind.",
          "whatever the step did so far");
    }
    if (course.allDone()) {
      return new Next.Finished(Outcome.DONE, Optional.empty());
    }
    Optional<JournalEntry> stop = log.stop();
    boolean obeyed = cancelled && !course.passedPointOfNoReturn();
    Outcome outcome =
        stop.map(CommandLog::outcome).orElse(obeyed ? Outcome.CANCELLED : Outcome.FAILED);
    StepError error =
        stop.map(JournalEntry::getError)
            .or(() -> course.gaveUp().flatMap(log::error))
            .orElseThrow();
    return with(
        outcome, error.getCode(), error.getMessage(), error.getHint(), leftBehind(course, log));
  }

  /** The actions are done, but the pipeline cannot be told what the component is now. */
  static Next.Finished unpublished(RuntimeException cause) {
    return with(
        Outcome.FAILED,
        FailureCode.UNKNOWN,
        "all actions are done, but no binding could be made of their facts: " + cause,
        "The world is changed and the pipeline does not know it: publish the binding.",
        "everything that the actions made");
  }

  static Next.Finished ownershipLost(OwnershipLost cause) {
    return with(
        Outcome.OWNERSHIP_LOST,
        FailureCode.OWNERSHIP_LOST,
        "another process owns the command: " + cause.getMessage(),
        "Nothing; the other process goes on with it.",
        "");
  }

  private static String leftBehind(Course course, CommandLog log) {
    if (course.passedPointOfNoReturn()) {
      return "nothing was undone, since '"
          + course.procedure().flatMap(Procedure::pointOfNoReturn).orElseThrow()
          + "' is or may be passed";
    }
    return course.cleanUpsGivenUp().stream()
        .map(
            action ->
                action.intention()
                    + " failed: "
                    + log.error(action).map(StepError::getMessage).orElse("unknown"))
        .collect(Collectors.joining("; "));
  }

  private static Next.Finished with(
      Outcome outcome, FailureCode code, String message, String hint, String leftBehind) {
    return new Next.Finished(outcome, Optional.of(new StepError(code, message, hint, leftBehind)));
  }
}
