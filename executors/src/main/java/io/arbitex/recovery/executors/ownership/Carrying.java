package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.KillSwitch;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.ProgressSink;
import io.arbitex.recovery.record.StepCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What commands are carried out with.
 *
 * @param owner name of this process in records
 * @param procedures the procedure of a command; empty when there is none of that name
 * @param leaseLimit see {@link io.arbitex.recovery.engine.Ports}
 * @param ended told of each command's end, for metrics
 * @param buried told of each record that became a dead letter, for metrics
 */
public record Carrying(
    String owner,
    Function<StepCommand, Optional<Procedure>> procedures,
    KillSwitch killSwitch,
    ProgressSink progress,
    Clock clock,
    Duration leaseLimit,
    BiConsumer<StepCommand, Outcome> ended,
    Runnable buried) {}
