package io.arbitex.recovery.engine;

import java.time.Clock;
import java.time.Duration;

/**
 * What an execution is connected to.
 *
 * @param worker name of the worker, as in {@code recovery.commands.<worker>}
 * @param owner the process that speaks in records
 * @param leaseLimit age of the last proof of ownership above which it is proven again before a
 *     change to the world; closes most of the window between intent and action for a process that
 *     stood still. More than a slow journal write takes, less than a takeover takes.
 */
public record Ports(
    String worker,
    String owner,
    Journal journal,
    Lease lease,
    KillSwitch killSwitch,
    ProgressSink progress,
    Clock clock,
    Duration leaseLimit) {}
