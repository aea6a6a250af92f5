package io.arbitex.recovery.decider.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that stands still until the next event, and the events to come. */
final class VirtualTime extends Clock {
  private record Event(Instant at, long number, Runnable what) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
  private Instant now = Instant.parse("2026-11-22T03:00:00Z");
  private long number;

  void in(Duration delay, Runnable what) {
    at(now.plus(delay), what);
  }

  void at(Instant moment, Runnable what) {
    events.add(new Event(moment.isBefore(now) ? now : moment, number++, what));
  }

  /** Runs the next event; false when none is left before {@code end}. */
  boolean next(Instant end) {
    Event event = events.peek();
    if (event == null || event.at().isAfter(end)) {
      return false;
    }
    events.poll();
    now = event.at();
    event.what().run();
    return true;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
