package io.arbitex.recovery.executors.notify;

import io.arbitex.recovery.record.StepCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order of the messages of one page in one channel: a trigger that comes after its resolve
 * wakes somebody for nothing. Two rules:
 *
 * <ol>
 *   <li>A message waits for the earlier ones that are due, until they have ended, or for 15 min at
 *       most. It would not get through either, since they go to the same receiver.
 *   <li>A message is not sent once a later one was. It does not wait for an earlier one that is not
 *       due, as the trigger of a P2 that waits for Monday while the incident rose to P1.
 * </ol>
 *
 * <p>It lives in memory: all commands of a platform are carried out by one process, which after a
 * crash enters all unfinished ones before it begins with any. To be used by any thread.
 */
public final class PageOrder {
  /** Two commands of one decision differ by the number at the end of their step. */
  private static final Pattern NUMBER = Pattern.compile("(\\d{1,9})$");

  /** How long a page is remembered after its last message; more than a message lives. */
  private static final Duration MEMORY = Duration.ofHours(25);

  /** How long the later messages of a page wait for one that is due. */
  private static final Duration PRECEDENCE = Duration.ofMinutes(15);

  private final Clock clock;
  private final Map<Page, Line> lines = new HashMap<>();

  private record Page(String platform, String channel, String about) {
    static Page of(StepCommand command) {
      return new Page(command.getPlatform(), Told.channel(command), Told.page(command));
    }
  }

  private record Place(Instant issuedAt, int number, String id) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparing(Place::issuedAt)
            .thenComparingInt(Place::number)
            .thenComparing(Place::id);

    static Place of(StepCommand command) {
      Matcher found = NUMBER.matcher(command.getStepId());
      return new Place(
          command.getIssuedAt(),
          found.find() ? Integer.parseInt(found.group(1)) : 0,
          command.getCommandId());
    }

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  /** One message that alone cannot be delivered must not hold the others of its page for a day. */
  private static Instant until(StepCommand command) {
    Instant due = Told.notBefore(command).orElse(command.getIssuedAt());
    Instant passed = due.plus(PRECEDENCE);
    return passed.isBefore(command.getDeadline()) ? passed : command.getDeadline();
  }

  private record Span(Optional<Instant> from, Instant to) {
    boolean holds(Instant now) {
      return from.filter(now::isBefore).isEmpty() && now.isBefore(to);
    }
  }

  /** The messages of one page in one channel that have not ended. */
  private static final class Line {
    final TreeMap<Place, Span> waiting = new TreeMap<>();
    Place newestSent;
    Instant usedAt;
  }

  public PageOrder(Clock clock) {
    this.clock = clock;
  }

  /** A command was accepted, or is gone on with. */
  synchronized void enter(StepCommand command) {
    forget();
    line(command).waiting.put(Place.of(command), new Span(Told.notBefore(command), until(command)));
  }

  /**
   * Whether an earlier message of the page has to end first; waits for a change, at most for the
   * limit.
   */
  synchronized boolean awaitTurn(StepCommand command, Duration limit) throws InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    while (blocked(command)) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  private boolean blocked(StepCommand command) {
    Instant now = clock.instant();
    return line(command).waiting.headMap(Place.of(command)).values().stream()
        .anyMatch(span -> span.holds(now));
  }

  /** The later message of the page that was sent already; empty when there is none. */
  synchronized Optional<String> overtakenBy(StepCommand command) {
    return Optional.ofNullable(line(command).newestSent)
        .filter(newest -> newest.compareTo(Place.of(command)) > 0)
        .map(Place::id);
  }

  /** The receiver has the message. */
  synchronized void sent(StepCommand command) {
    Line line = line(command);
    Place place = Place.of(command);
    if (line.newestSent == null || line.newestSent.compareTo(place) < 0) {
      line.newestSent = place;
    }
    ended(command);
  }

  /** The command ended, however. Commands that tell nobody do no harm. */
  public synchronized void ended(StepCommand command) {
    Line line = lines.get(Page.of(command));
    if (line != null && line.waiting.remove(Place.of(command)) != null) {
      notifyAll();
    }
  }

  private Line line(StepCommand command) {
    Line line = lines.computeIfAbsent(Page.of(command), page -> new Line());
    line.usedAt = clock.instant();
    return line;
  }

  private void forget() {
    Instant old = clock.instant().minus(MEMORY);
    for (Iterator<Line> each = lines.values().iterator(); each.hasNext(); ) {
      Line line = each.next();
      line.waiting.values().removeIf(span -> span.to().isBefore(old));
      if (line.waiting.isEmpty() && line.usedAt.isBefore(old)) {
        each.remove();
      }
    }
  }
}
