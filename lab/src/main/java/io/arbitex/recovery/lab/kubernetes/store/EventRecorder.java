package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what happens to objects as events; what happens again and again becomes one, counted. */
public final class EventRecorder {
  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);

  /** The count of an event that repeats is not written more often. */
  private static final Duration REPEAT = Duration.ofSeconds(2);

  private static final int MOST_KNOWN = 500;

  private record Cause(String uid, String reason, String message) {}

  private record Known(ObjectKey key, int count, Instant writtenAt) {}

  private final Registry registry;
  private final String component;
  private final Clock clock;
  private final Map<Cause, Known> known = new LinkedHashMap<>();

  /**
   * @param component whose events these are
   */
  public EventRecorder(Registry registry, String component, Clock clock) {
    this.registry = registry;
    this.component = component;
    this.clock = clock;
  }

  public void normal(JsonNode object, String reason, String message) {
    record(object, "Normal", reason, message);
  }

  public void warn(JsonNode object, String reason, String message) {
    record(object, "Warning", reason, message);
  }

  private synchronized void record(JsonNode object, String type, String reason, String message) {
    Instant now = clock.instant();
    Cause cause = new Cause(Meta.uid(object), reason, message);
    Known before = known.get(cause);
    if (before != null) {
      int count = before.count() + 1;
      boolean due = Duration.between(before.writtenAt(), now).compareTo(REPEAT) >= 0;
      known.put(cause, new Known(before.key(), count, due ? now : before.writtenAt()));
      if (due) {
        registry.amend(
            before.key(), event -> event.put("count", count).put("lastTimestamp", Meta.time(now)));
      }
      return;
    }
    String namespace = Meta.namespace(object).isEmpty() ? "default" : Meta.namespace(object);
    ObjectNode event = Meta.JSON.createObjectNode();
    event.putObject("metadata").put("generateName", Meta.name(object) + ".");
    event.put("type", type).put("reason", reason).put("message", message).put("count", 1);
    event.put("firstTimestamp", Meta.time(now)).put("lastTimestamp", Meta.time(now));
    event.putObject("source").put("component", component);
    event
        .putObject("involvedObject")
        .put("apiVersion", object.path("apiVersion").asText())
        .put("kind", object.path("kind").asText())
        .put("namespace", Meta.namespace(object))
        .put("name", Meta.name(object))
        .put("uid", Meta.uid(object));
    try {
      ObjectNode made = registry.create(ResourceTypes.EVENT, namespace, event, false);
      known.put(cause, new Known(ObjectKey.of(ResourceTypes.EVENT, made), 1, now));
    } catch (ApiFailure e) {
      // Its namespace is being deleted: nobody will read it.
      log.debug("no event {} {}", reason, message, e);
    }
    Iterator<Cause> oldest = known.keySet().iterator();
    while (known.size() > MOST_KNOWN) {
      oldest.next();
      oldest.remove();
    }
  }
}
