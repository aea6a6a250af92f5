package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.StepCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One action while this process works on it, and what the action sees of its surroundings. */
final class ActionRun implements ActionContext {
  final Action action;
  final boolean cleanUp;
  final Instant startedAt;

  /** The action's tries must have ended by then. */
  final Instant limit;

  private final StepCommand command;
  private final Ports ports;
  private final CommandLog log;
  private final StepEvents events;
  private final Supplier<Map<String, String>> known;
  private final BooleanSupplier cancelled;
  private OptionalLong token = OptionalLong.empty();
  private boolean making;

  ActionRun(
      Action action,
      boolean cleanUp,
      Instant startedAt,
      Instant limit,
      StepCommand command,
      Ports ports,
      CommandLog log,
      StepEvents events,
      Supplier<Map<String, String>> known,
      BooleanSupplier cancelled) {
    this.action = action;
    this.cleanUp = cleanUp;
    this.startedAt = startedAt;
    this.limit = limit;
    this.command = command;
    this.ports = ports;
    this.log = log;
    this.events = events;
    this.known = known;
    this.cancelled = cancelled;
  }

  void intended(long written) {
    token = OptionalLong.of(written);
  }

  boolean hasToken() {
    return token.isPresent();
  }

  void make() throws ActionFailure, InterruptedException {
    making = true;
    try {
      action.make(this);
    } finally {
      making = false;
    }
  }

  @Override
  public StepCommand command() {
    return command;
  }

  @Override
  public Map<String, String> facts() {
    return new LinkedHashMap<>(known.get());
  }

  @Override
  public long token() {
    return token.orElseThrow(
        () -> new IllegalStateException("no intent of " + action.name() + " is written yet"));
  }

  @Override
  public void progress(String text) {
    ports.progress().tell(events.line(action.name(), startedAt, text));
  }

  @Override
  public void remember(String name, String value) {
    if (!making || name.startsWith(Procedure.RESERVED)) {
      throw new IllegalStateException(
          action.name() + " may remember plain facts, and only while it makes: " + name);
    }
    intended(log.remember(action, startedAt, name, value));
  }

  @Override
  public Optional<String> stopped() throws InterruptedException {
    try {
      return ports.killSwitch().stopped(command.getPlatform());
    } catch (RuntimeException e) {
      return Optional.of("the kill switch cannot be read: " + e);
    }
  }

  @Override
  public boolean cancelled() {
    return cancelled.getAsBoolean() || ports.lease().lost();
  }

  @Override
  public Duration remaining() {
    Duration left = Duration.between(ports.clock().instant(), limit);
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public Clock clock() {
    return ports.clock();
  }
}
