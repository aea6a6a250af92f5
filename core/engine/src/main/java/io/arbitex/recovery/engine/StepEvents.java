package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.time.Instant;
import java.util.Map;

/**
 * The events of one command. An id follows from what happened, so that an event that is published
 * again after a crash is seen to be the same.
 */
final class StepEvents {
  private final StepCommand command;
  private final Ports ports;
  private final Instant begun;
  private long lines;

  StepEvents(StepCommand command, Ports ports) {
    this.command = command;
    this.ports = ports;
    this.begun = Times.now(ports.clock());
  }

  /**
   * @param count what tells this event apart from others of the same action and transition
   */
  StepEvent of(
      StepTransition transition,
      String action,
      int count,
      Instant startedAt,
      String text,
      Map<String, String> facts,
      StepError error) {
    return build(id(transition, action) + count, transition, action, startedAt, text, facts, error);
  }

  /**
   * A line of progress. Its id also names this execution, since nobody else can count its lines.
   */
  StepEvent line(String action, Instant startedAt, String text) {
    lines++;
    String id = id(StepTransition.PROGRESS, action) + ports.owner() + "/" + begun + "/" + lines;
    return build(id, StepTransition.PROGRESS, action, startedAt, text, Map.of(), null);
  }

  private String id(StepTransition transition, String action) {
    return command.getCommandId() + "/" + action + "/" + transition + "/";
  }

  private StepEvent build(
      String id,
      StepTransition transition,
      String action,
      Instant startedAt,
      String text,
      Map<String, String> facts,
      StepError error) {
    return StepEvent.newBuilder()
        .setId(id)
        .setCommandId(command.getCommandId())
        .setIncidentId(command.getIncidentId())
        .setPlatform(command.getPlatform())
        .setStepId(command.getStepId())
        .setWorker(ports.worker())
        .setOwner(ports.owner())
        .setTransition(transition)
        .setAction(action)
        .setStartedAt(startedAt)
        .setAt(Times.now(ports.clock()))
        .setText(text)
        .setFacts(Facts.of(facts))
        .setError(error)
        .build();
  }
}
