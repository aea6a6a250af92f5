package io.arbitex.recovery.lab.azure.disks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A disk or a snapshot of one.
 *
 * @param name of its folder too
 * @param zones where it was ordered; the lab has none
 * @param copyOf resource id of what it is a copy of; null for one that was made empty
 * @param incremental told back; the lab's snapshots are whole
 * @param created milliseconds since the epoch
 */
public record Volume(
    Kind kind,
    String resourceGroup,
    String name,
    String location,
    int sizeGb,
    Map<String, String> sku,
    List<String> zones,
    Map<String, String> tags,
    String copyOf,
    boolean incremental,
    long created,
    State state) {
  /** Which of the two. */
  public enum Kind {
    DISK("disks"),
    SNAPSHOT("snapshots");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    /** In paths. */
    public String type() {
      return type;
    }
  }

  /** How far it is. */
  public enum State {
    CREATING("Creating"),
    /** Whole, and about to be put in its place. */
    PLACING("Creating"),
    SUCCEEDED("Succeeded"),
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

  public Volume {
    sku = Map.copyOf(sku);
    zones = List.copyOf(zones);
    tags = Map.copyOf(tags);
  }

  /** As operations name it. */
  public String target() {
    return target(kind, name);
  }

  static String target(Kind kind, String name) {
    return kind.type() + "/" + name.toLowerCase(Locale.ROOT);
  }

  public Volume withState(State now) {
    return new Volume(
        kind,
        resourceGroup,
        name,
        location,
        sizeGb,
        sku,
        zones,
        tags,
        copyOf,
        incremental,
        created,
        now);
  }

  /** What an order for one that is there may change. */
  public Volume ordered(int sizeGb, Map<String, String> sku, Map<String, String> tags) {
    return new Volume(
        kind,
        resourceGroup,
        name,
        location,
        sizeGb,
        sku,
        zones,
        tags,
        copyOf,
        incremental,
        created,
        state);
  }
}
