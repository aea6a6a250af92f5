package io.arbitex.recovery.classifier;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.Escalation;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.schemas.Topic;
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
    Escalation.Message message =
        new Escalation.Message(
            incident,
            Escalation.Action.TRIGGER,
            Severity.P1,
            "WEDGED: " + platform,
            text + " " + next,
            List.of(new Fact("person", next)));
    Escalation.commands(
            platform,
            policy,
            message,
            channel -> "wedged-" + decision.getSequence() + "-" + channel.name(),
            now)
        .forEach(
            command ->
                outputs.add(
                    new Output(Topic.COMMANDS_NOTIFY, platform, command.getCommandId(), command)));
    return outputs;
  }
}
