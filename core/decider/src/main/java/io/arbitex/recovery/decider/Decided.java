package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.PlatformState;
import java.util.List;
import java.util.Optional;

/**
 * The result of one decision.
 *
 * @param rejected why the input was refused (unknown component, unknown observer); nothing changed
 * @param significant whether it belongs in the decision log: it is more than a heartbeat in quiet
 *     times
 */
public record Decided(
    PlatformState state, List<Output> outputs, Optional<String> rejected, boolean significant) {}
