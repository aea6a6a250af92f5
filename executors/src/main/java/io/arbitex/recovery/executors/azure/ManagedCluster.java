package io.arbitex.recovery.executors.azure;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A managed cluster as Azure tells of it.
 *
 * @param state of provisioning: {@code Succeeded}, {@code Failed}, or what Azure is doing
 * @param power {@code Running} or {@code Stopped}
 * @param etag by which a change is refused when somebody else was faster; empty where Azure gives
 *     none
 * @param document all that Azure says of it
 */
public record ManagedCluster(
    String name,
    String state,
    String power,
    Optional<String> etag,
    Map<String, String> tags,
    JsonNode document) {

  static ManagedCluster of(JsonNode document) {
    Map<String, String> tags = new LinkedHashMap<>();
    document.path("tags").properties().forEach(e -> tags.put(e.getKey(), e.getValue().asText()));
    String etag = document.path("eTag").asText("");
    return new ManagedCluster(
        document.path("name").asText(),
        document.at("/properties/provisioningState").asText(),
        document.at("/properties/powerState/code").asText(),
        etag.isEmpty() ? Optional.empty() : Optional.of(etag),
        tags,
        document);
  }

  public Optional<String> tag(String name) {
    return Optional.ofNullable(tags.get(name));
  }

  /** Nothing is under way, and its last operation was a success. */
  public boolean isRunning() {
    return state.equals("Succeeded") && power.equals("Running");
  }

  /** Nothing is under way, and its machines are off. */
  public boolean isStopped() {
    return state.equals("Succeeded") && power.equals("Stopped");
  }

  /** Whether Azure is not at work on it. */
  public boolean isSettled() {
    return state.equals("Succeeded") || state.equals("Failed") || state.equals("Canceled");
  }
}
