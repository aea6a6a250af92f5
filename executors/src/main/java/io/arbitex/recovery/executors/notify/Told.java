package io.arbitex.recovery.executors.notify;

import io.arbitex.recovery.engine.MissingFact;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.notify.Message;
import io.arbitex.recovery.schemas.Facts;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What a command says about its message; the parameters are written by the decider. */
final class Told {
  private Told() {}

  /**
   * @throws MissingFact when it has no title or text
   */
  static Message message(StepCommand command) {
    Map<Message.Part, String> situation = new EnumMap<>(Message.Part.class);
    for (Message.Part part : Message.Part.values()) {
      parameter(command, part.parameter()).ifPresent(value -> situation.put(part, value));
    }
    return new Message(
        command.getCommandId(),
        page(command),
        command.getPlatform(),
        command.getComponent(),
        Message.Action.named(parameter(command, "action").orElse("")),
        parameter(command, "severity").orElse(command.getSeverity().name()),
        parameter(command, "title").orElseThrow(() -> new MissingFact("title")),
        parameter(command, "text").orElseThrow(() -> new MissingFact("text")),
        command.getIssuedAt(),
        situation);
  }

  static String channel(StepCommand command) {
    return parameter(command, "channel").orElse("");
  }

  static String page(StepCommand command) {
    return parameter(command, "incident").orElse(command.getIncidentId());
  }

  /** Empty when it is for now, or when it cannot be read: too early is better than never. */
  static Optional<Instant> notBefore(StepCommand command) {
    try {
      return parameter(command, "not-before").map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> parameter(StepCommand command, String name) {
    return Facts.find(command.getParameters(), name);
  }
}
