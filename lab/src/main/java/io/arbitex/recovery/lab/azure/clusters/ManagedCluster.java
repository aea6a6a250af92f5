package io.arbitex.recovery.lab.azure.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/**
 * A cluster.
 *
 * @param tags as they were ordered
 * @param properties as they were ordered
 * @param nodes of all agent pools
 * @param port of its API server; 0 for one that somebody else runs
 * @param controlPort of its process; 0 for one that somebody else runs
 * @param kubeconfig path of the file by which its clients find it
 */
public record ManagedCluster(
    String resourceGroup,
    String name,
    String location,
    JsonNode tags,
    JsonNode properties,
    int nodes,
    int port,
    int controlPort,
    String kubeconfig,
    State state) {
  /** How far it is. */
  public enum State {
    CREATING("Creating"),
    SUCCEEDED("Succeeded"),
    STOPPING("Stopping"),
    /** Its machines are off; its objects and disks are kept. */
    STOPPED("Succeeded"),
    STARTING("Starting"),
    DELETING("Deleting");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** As Azure says it. */
    public String text() {
      return text;
    }
  }

  /** Whether somebody else runs it. */
  public boolean wasGiven() {
    return port == 0;
  }

  /** As operations name it. */
  public String target() {
    return Clusters.TARGET + name.toLowerCase(Locale.ROOT);
  }

  /** Changes with every change, so that one who read it before can be refused. */
  public String etag() {
    return Integer.toHexString(toString().hashCode());
  }

  public ManagedCluster withTags(JsonNode now) {
    return new ManagedCluster(
        resourceGroup,
        name,
        location,
        now,
        properties,
        nodes,
        port,
        controlPort,
        kubeconfig,
        state);
  }

  public ManagedCluster withState(State now) {
    return new ManagedCluster(
        resourceGroup, name, location, tags, properties, nodes, port, controlPort, kubeconfig, now);
  }
}
