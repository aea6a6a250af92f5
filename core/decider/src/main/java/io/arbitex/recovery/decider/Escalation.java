package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Who is told, and when: by the severity's escalation (design, section 4); never part of a plan.
 */
public final class Escalation {
  /**
   * How long a message is tried. An incident that waits for a person waits longer than any outage
   * of a pager, and a page that is never resolved wakes somebody for nothing.
   */
  private static final Duration LIFE = Duration.ofHours(24);

  /** An end that waits must not overtake the begin that waited for the same morning. */
  private static final Duration BEHIND = Duration.ofMinutes(1);

  /**
   * What a message does to the page that bears the same key (PagerDuty Events v2, event_action).
   */
  public enum Action {
    TRIGGER,
    ACKNOWLEDGE,
    RESOLVE
  }

  /**
   * @param about what it is about: the incident's id, or a key of its own; all messages with the
   *     same one are one page
   * @param situation what broke, what runs, what is expected, what needs a person; may be empty
   */
  public record Message(
      String about,
      Action action,
      Severity severity,
      String title,
      String text,
      List<Fact> situation) {}

  private Escalation() {}

  /**
   * The commands that tell it, one for each channel of the severity.
   *
   * @param stepId gives a channel's command its id within {@code about}
   */
  public static List<StepCommand> commands(
      String platform,
      Policy policy,
      Message message,
      Function<Channel, String> stepId,
      Instant now) {
    Policy.Targets targets = policy.targets(message.severity().name());
    Instant notBefore = now;
    if (targets.waitsForBusinessHours()) {
      notBefore = policy.businessHours().next(now);
      if (message.action() != Action.TRIGGER && notBefore.isAfter(now)) {
        notBefore = notBefore.plus(BEHIND);
      }
    }
    List<StepCommand> commands = new ArrayList<>();
    for (Channel channel : policy.channels()) {
      if (targets.escalation().contains(channel.name())) {
        commands.add(command(platform, channel, message, stepId.apply(channel), now, notBefore));
      }
    }
    return commands;
  }

  private static StepCommand command(
      String platform,
      Channel channel,
      Message message,
      String stepId,
      Instant now,
      Instant notBefore) {
    List<Fact> parameters = new ArrayList<>();
    parameters.add(new Fact("channel", channel.name()));
    parameters.add(new Fact("action", lower(message.action())));
    parameters.add(new Fact("title", message.title()));
    parameters.add(new Fact("text", message.text()));
    parameters.add(new Fact("severity", message.severity().name()));
    parameters.add(new Fact("incident", message.about()));
    if (notBefore.isAfter(now)) {
      parameters.add(new Fact("not-before", notBefore.toString()));
    }
    parameters.addAll(message.situation());
    return StepCommand.newBuilder()
        .setCommandId(message.about() + "/" + stepId + "/1")
        .setIncidentId(message.about())
        .setPlatform(platform)
        .setKind(CommandKind.EXECUTE)
        .setStepId(stepId)
        .setComponent("")
        .setProcedure("notify." + lower(channel.kind()))
        .setWorker(Worker.NOTIFY.id())
        .setAttempt(1)
        .setSeverity(message.severity())
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(notBefore.plus(LIFE))
        .setParameters(parameters)
        .build();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
