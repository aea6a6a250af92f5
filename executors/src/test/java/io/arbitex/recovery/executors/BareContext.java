package io.arbitex.recovery.executors;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** An action's context without an engine: nobody stops it, and what it says goes nowhere. */
record BareContext(StepCommand command) implements ActionContext {
  @Override
  public Map<String, String> facts() {
    return Facts.toMap(command.getParameters());
  }

  @Override
  public long token() {
    return 1;
  }

  @Override
  public void progress(String text) {}

  @Override
  public void remember(String name, String value) {}

  @Override
  public Optional<String> stopped() {
    return Optional.empty();
  }

  @Override
  public boolean cancelled() {
    return false;
  }

  @Override
  public Duration remaining() {
    return Duration.ofMinutes(1);
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }
}
