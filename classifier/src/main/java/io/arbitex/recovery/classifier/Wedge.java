package io.arbitex.recovery.classifier;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What people are told when the decider threw: the platform is held until a person has looked. */
final class Wedge {
  private Wedge() {}

  static List<Output> tell(PlatformState state, Decision decision, Policy policy, Instant now) {
    String platform = state.getPlatform();
    String incident =
        state.getIncident() == null ? "wedged-" + decision.getId() : state.getIncident().getId();
    String text =
        "The classifier could not decide on an input of %s (%s-%d at %d): %s. Nothing is decided for this platform until a person has looked."
            .formatted(
                platform,
                decision.getInput().getTopic(),
                decision.getInput().getPartition(),
                decision.getInput().getOffset(),
                decision.getReason());
    String next = "Mend the cause, restart the classifier, then `dr release " + platform + "`.";
    List<Output> outputs = new ArrayList<>();
    IncidentEvent event =
        IncidentEvent.newBuilder()
            .setId(decision.getId() + "-wedged")
            .setIncidentId(incident)
            .setPlatform(platform)
            .setKind(IncidentKind.WEDGED)
            .setSeverity(Severity.P1)
            .setAt(now)
            .setComponent("")
            .setStepId("")
            .setProcedure("")
            .setBlockedReason(BlockedReason.GUARD_FAILED)
            .setText(text)
            .setNext(next)
            .setBadSince(now)
            .setPlanHash("")
            .build();
    outputs.add(new Output(Topic.INCIDENTS, platform, event.getId(), event));
    for (String channel : policy.targets(Severity.P1.name()).escalation()) {
      StepCommand command =
          StepCommand.newBuilder()
              .setCommandId(incident + "/wedged-" + decision.getSequence() + "-" + channel + "/1")
              .setIncidentId(incident)
              .setPlatform(platform)
              .setKind(CommandKind.EXECUTE)
              .setStepId("wedged-" + decision.getSequence() + "-" + channel)
              .setComponent("")
              .setProcedure("notify.slack")
              .setWorker(Worker.NOTIFY.id())
              .setAttempt(1)
              .setSeverity(Severity.P1)
              .setMode(Mode.ACT)
              .setIssuedAt(now)
              .setDeadline(now.plus(Duration.ofMinutes(15)))
              .setParameters(
                  List.of(
                      new Fact("channel", channel),
                      new Fact("title", "WEDGED: " + platform),
                      new Fact("text", text + " " + next),
                      new Fact("severity", Severity.P1.name()),
                      new Fact("incident", incident)))
              .build();
      outputs.add(new Output(Topic.COMMANDS_NOTIFY, platform, command.getCommandId(), command));
    }
    return outputs;
  }
}
