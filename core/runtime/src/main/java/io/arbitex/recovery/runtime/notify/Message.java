package io.arbitex.recovery.runtime.notify;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What people are told.
 *
 * @param id the same when the same message is sent again
 * @param page what it is about: all messages with the same one are one page
 * @param component empty when it is about the platform
 * @param severity P0, P1 or P2
 * @param title one line
 * @param text may be empty
 * @param at when it was decided
 * @param situation what is known; may be empty
 */
public record Message(
    String id,
    String page,
    String platform,
    String component,
    Action action,
    String severity,
    String title,
    String text,
    Instant at,
    Map<Part, String> situation) {

  /** What it does to the page (PagerDuty Events API v2: event_action). */
  public enum Action {
    TRIGGER,
    ACKNOWLEDGE,
    RESOLVE;

    /**
     * The action of that name; what nobody knows is told as a trigger, since a page too many is
     * better than none.
     */
    public static Action named(String name) {
      for (Action each : values()) {
        if (each.id().equals(name)) {
          return each;
        }
      }
      return TRIGGER;
    }

    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a person who is woken wants to know first, in this order. */
  public enum Part {
    BROKE("broke", "What broke"),
    RUNNING("running", "What runs now"),
    EXPECTED_END("expected-end", "Expected end"),
    EXPECTED_LOSS("expected-loss", "Expected loss"),
    PERSON("person", "Asked of you");

    private final String parameter;
    private final String label;

    Part(String parameter, String label) {
      this.parameter = parameter;
      this.label = label;
    }

    /** Its name among the parameters of a command. */
    public String parameter() {
      return parameter;
    }

    /** Its name for people. */
    public String label() {
      return label;
    }
  }

  public Message {
    Map<Part, String> ordered = new EnumMap<>(Part.class);
    situation.forEach(
        (part, value) -> {
          if (!value.isBlank()) {
            ordered.put(part, value);
          }
        });
    situation = Collections.unmodifiableMap(ordered);
  }
}
