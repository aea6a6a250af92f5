package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.Lease;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Proof of ownership of one partition of commands. The monotonic clock stands still while a machine
 * sleeps and the wall clock may be set, so the age is the larger of the two.
 */
final class PartitionLease implements Lease {
  private final Clock clock;
  private volatile Proof newest;
  private volatile boolean lost;

  /** A moment by both clocks. */
  record Proof(long nanos, Instant wall) {}

  PartitionLease(Clock clock) {
    this.clock = clock;
    this.newest = now();
  }

  /** To be taken before the write whose success proves ownership. */
  Proof now() {
    return new Proof(System.nanoTime(), clock.instant());
  }

  void proven(Proof begun) {
    newest = begun;
  }

  void lose() {
    lost = true;
  }

  @Override
  public Duration age() {
    Proof proof = newest;
    Duration monotonic = Duration.ofNanos(System.nanoTime() - proof.nanos());
    Duration wall = Duration.between(proof.wall(), clock.instant());
    return wall.compareTo(monotonic) > 0 ? wall : monotonic;
  }

  @Override
  public boolean lost() {
    return lost;
  }
}
