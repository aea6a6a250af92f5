package io.arbitex.recovery.alerts;

import io.arbitex.recovery.configuration.AlertMatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether an alert began or ended, from the words and moments of its sender. */
final class Course {
  /**
   * How far a sender's clock may go ahead. An alert from further ahead would never be too old, and
   * would always seem newer than the resource that it is about.
   */
  static final Duration AHEAD = Duration.ofMinutes(5);

  private Course() {}

  /**
   * @param began the sender's word for an alert that fires
   * @param ended its word for one that is over
   * @param name what stays the same of it, without its begin
   * @param resolvedAt absent when the sender names no moment; then it is the moment of receipt
   */
  static ReceivedAlert of(
      String word,
      String began,
      String ended,
      String name,
      Optional<Instant> firedAt,
      Optional<Instant> resolvedAt,
      Instant receivedAt,
      AlertMatch.Origin origin,
      String text) {
    if (firedAt.isEmpty()) {
      return new ReceivedAlert.Unclear("says not when it began", origin, text);
    }
    if (firedAt.get().isAfter(receivedAt.plus(AHEAD))) {
      return new ReceivedAlert.Unclear(
          "began at %s, which is to come: see the sender's clock".formatted(firedAt.get()),
          origin,
          text);
    }
    String identity = name + "/" + firedAt.get();
    if (word.equalsIgnoreCase(began)) {
      return new ReceivedAlert.Firing(identity, origin, firedAt.get(), text);
    }
    if (word.equalsIgnoreCase(ended)) {
      return new ReceivedAlert.Resolved(
          identity,
          origin,
          firedAt.get(),
          resolvedAt.filter(end -> !end.isAfter(receivedAt)).orElse(receivedAt),
          text);
    }
    return new ReceivedAlert.Unclear(
        "says '%s', known are '%s' and '%s'".formatted(AlertText.clean(word), began, ended),
        origin,
        text);
  }
}
