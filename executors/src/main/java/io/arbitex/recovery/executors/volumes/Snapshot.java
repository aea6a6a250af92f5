package io.arbitex.recovery.executors.volumes;

import java.time.Instant;
import java.util.Optional;

/**
 * A snapshot of the component's volume.
 *
 * @param name of it, which is the id of its restore point
 * @param source the disk that it was taken of, as its volume knows it; empty where nobody says
 * @param unfit why it cannot be restored; empty when it can
 */
public record Snapshot(String name, Instant takenAt, String source, Optional<String> unfit) {}
