package io.arbitex.recovery.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An alert that maps to no component, as a dead letter holds it: what one needs to write an entry
 * for it in the inventory. Not the bytes that came, which may hold a secret.
 *
 * @param state firing, resolved or unclear
 * @param identity empty when unclear
 * @param firedAt ISO 8601; empty when unclear
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record UnmappedAlert(
    String state,
    String identity,
    String firedAt,
    String rule,
    List<String> resources,
    Map<String, String> labels,
    String text) {
  /** Origin of the dead letters in their headers, before the receiver's name. */
  public static final String ORIGIN = "alert:";

  /** Key of the dead letters, which belong to no platform that is known. */
  public static final String KEY = "unmapped";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public UnmappedAlert {
    resources = resources == null ? List.of() : List.copyOf(resources);
    labels = labels == null ? Map.of() : Map.copyOf(labels);
  }

  public static UnmappedAlert of(ReceivedAlert alert) {
    String state = "unclear";
    String identity = "";
    String firedAt = "";
    if (alert instanceof ReceivedAlert.Firing firing) {
      state = "firing";
      identity = firing.identity();
      firedAt = firing.firedAt().toString();
    } else if (alert instanceof ReceivedAlert.Resolved resolved) {
      state = "resolved";
      identity = resolved.identity();
      firedAt = resolved.firedAt().toString();
    }
    Map<String, String> labels = new LinkedHashMap<>();
    // The name goes along, since a value alone does not look like a secret.
    alert.origin().labels().forEach((name, value) -> labels.put(name, cleanLabel(name, value)));
    return new UnmappedAlert(
        state,
        identity,
        firedAt,
        AlertText.clean(alert.origin().rule()),
        alert.origin().resources().stream().map(AlertText::clean).toList(),
        labels,
        alert.text());
  }

  private static String cleanLabel(String name, String value) {
    String prefix = AlertText.clean(name) + "=";
    String both = AlertText.clean(prefix + value);
    return both.startsWith(prefix) ? both.substring(prefix.length()) : both;
  }

  /** As JSON, in UTF-8. */
  public byte[] bytes() {
    try {
      return MAPPER.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts can always be written", e);
    }
  }

  /**
   * @throws IOException when the bytes were not written by {@link #bytes}
   */
  public static UnmappedAlert read(byte[] bytes) throws IOException {
    return MAPPER.readValue(bytes, UnmappedAlert.class);
  }
}
