package io.arbitex.recovery.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.configuration.AlertMatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Events of Azure Event Grid, in its own schema or as CloudEvents 1.0, one or a batch. Most events
 * tell of the life of a resource and say neither that something is wrong nor that it is right
 * again; they are unclear, and never guessed at. Two say it:
 *
 * <ul>
 *   <li>An event whose data is an alert of the common alert schema ({@code data.essentials}). Its
 *       identity is that of the alert within, so that the same alert sent by an action group too is
 *       the same.
 *   <li>{@code Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged}:
 *       Unavailable and Degraded fire, Available resolves, Unknown is unclear. The end does not say
 *       when the trouble began, and the ids of both events differ, so the identity is the resource
 *       alone: the id and time of the event would make every repetition a new alert, and leave
 *       every alert without an end. An alert that fires after its own end is therefore a new
 *       trouble, told by its later begin.
 * </ul>
 */
final class EventGridMessage {
  private static final String AVAILABILITY =
      "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged";

  private EventGridMessage() {}

  /** What both schemas say of an event. */
  private record Event(String type, String subject, Optional<Instant> at, JsonNode data) {}

  static List<ReceivedAlert> read(JsonNode root, Instant receivedAt) throws UnreadableAlert {
    if (root.isObject()) {
      return List.of(alert(event(root), receivedAt));
    }
    if (!root.isArray()) {
      throw new UnreadableAlert("neither an event nor a list of events");
    }
    List<ReceivedAlert> alerts = new ArrayList<>();
    for (JsonNode each : root) {
      try {
        alerts.add(alert(event(each), receivedAt));
      } catch (UnreadableAlert e) {
        // The others of the batch are good, and the sender does not send them again after a 400.
        alerts.add(
            new ReceivedAlert.Unclear(
                e.getMessage(), new AlertMatch.Origin(List.of(), Map.of(), ""), ""));
      }
    }
    return alerts;
  }

  private static Event event(JsonNode event) throws UnreadableAlert {
    if (event.has("eventType")) {
      return new Event(
          required(event, "eventType"),
          AlertFields.text(event, "subject"),
          AlertFields.moment(event, "eventTime"),
          event.path("data"));
    }
    String version = AlertFields.text(event, "specversion");
    if (!version.equals("1.0")) {
      throw new UnreadableAlert(
          version.isEmpty()
              ? "neither 'eventType' (Event Grid schema) nor 'specversion' (CloudEvents) is there"
              : "is CloudEvents '" + AlertText.clean(version) + "', known is 1.0");
    }
    required(event, "id");
    required(event, "source");
    return new Event(
        required(event, "type"),
        AlertFields.text(event, "subject"),
        AlertFields.moment(event, "time"),
        event.path("data"));
  }

  private static String required(JsonNode event, String field) throws UnreadableAlert {
    String value = AlertFields.text(event, field);
    if (value.isEmpty()) {
      throw new UnreadableAlert("the event has no '" + field + "'");
    }
    return value;
  }

  private static ReceivedAlert alert(Event event, Instant receivedAt) {
    JsonNode data = event.data();
    if (data.path("essentials").isObject()) {
      return AzureMonitorMessage.alert(data, receivedAt);
    }
    if (data.path("data").path("essentials").isObject()) {
      return AzureMonitorMessage.alert(data.path("data"), receivedAt);
    }
    JsonNode properties = data.path("resourceInfo").path("properties");
    AlertMatch.Origin origin = origin(event, properties);
    if (!event.type().equalsIgnoreCase(AVAILABILITY)) {
      return new ReceivedAlert.Unclear(
          "an event of this type says neither that something fires nor that it is over",
          origin,
          AlertText.clean(event.type() + " " + event.subject()));
    }
    return availability(event, properties, origin, receivedAt);
  }

  private static ReceivedAlert availability(
      Event event, JsonNode properties, AlertMatch.Origin origin, Instant receivedAt) {
    String state = AlertFields.text(properties, "availabilityState");
    String summary = AlertFields.text(properties, "summary");
    String text = AlertText.clean(state + (summary.isBlank() ? "" : ": " + summary));
    // Azure's documentation spells it in both ways.
    Optional<Instant> at =
        AlertFields.moment(properties, "occurredTime")
            .or(() -> AlertFields.moment(properties, "occuredTime"))
            .or(event::at);
    if (origin.resources().isEmpty() || at.isEmpty()) {
      return new ReceivedAlert.Unclear("says not which resource, or not when", origin, text);
    }
    if (at.get().isAfter(receivedAt.plus(Course.AHEAD))) {
      return new ReceivedAlert.Unclear(
          "happened at %s, which is to come: see the sender's clock".formatted(at.get()),
          origin,
          text);
    }
    String identity = "availability/" + origin.resources().get(0);
    return switch (state.toLowerCase(Locale.ROOT)) {
      case "unavailable", "degraded" -> new ReceivedAlert.Firing(identity, origin, at.get(), text);
      case "available" -> {
        Instant end = at.get().isAfter(receivedAt) ? receivedAt : at.get();
        yield new ReceivedAlert.Resolved(identity, origin, end, end, text);
      }
      default ->
          new ReceivedAlert.Unclear(
              "the resource is '" + AlertText.clean(state) + "', which says nothing", origin, text);
    };
  }

  private static AlertMatch.Origin origin(Event event, JsonNode properties) {
    Set<String> resources = new LinkedHashSet<>();
    for (String id :
        List.of(
            AlertFields.text(properties, "targetResourceId"),
            AlertFields.text(event.data().path("resourceInfo"), "id"),
            event.subject())) {
      if (!id.isBlank()) {
        resources.add(id.toLowerCase(Locale.ROOT));
      }
    }
    Map<String, String> labels = new LinkedHashMap<>();
    AlertFields.labels(event.data(), labels);
    AlertFields.labels(properties, labels);
    labels.put("type", event.type());
    return new AlertMatch.Origin(List.copyOf(resources), labels, event.type());
  }
}
