package io.arbitex.recovery.lab.azure.clusters;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An extension of a cluster. Nothing of it runs in the cluster here.
 *
 * @param cluster its name
 * @param properties as they were ordered
 */
public record Extension(String cluster, String name, JsonNode properties, State state) {
  private static final String BACKUP = "microsoft.dataprotection.kubernetes";

  /** How far it is. */
  public enum State {
    CREATING("Creating"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** As Azure says it. */
    public String text() {
      return text;
    }
  }

  /** Whether it is the one that backs up and restores. */
  public boolean backsUp() {
    return properties.path("extensionType").asText().equalsIgnoreCase(BACKUP);
  }

  Extension withState(State now) {
    return new Extension(cluster, name, properties, now);
  }
}
