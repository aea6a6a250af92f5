package io.arbitex.recovery.executors.azure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A disk as Azure tells of it.
 *
 * @param id its whole resource id
 * @param state {@code Succeeded} once it may be used
 * @param gibibytes its size
 * @param zones in which it may be attached, as Kubernetes names them: {@code westeurope-1}; empty
 *     for any
 */
public record Disk(
    String name,
    String id,
    String state,
    long gibibytes,
    List<String> zones,
    Map<String, String> tags) {
  public Disk {
    zones = List.copyOf(zones);
    tags = Map.copyOf(tags);
  }

  public boolean ready() {
    return state.equals("Succeeded");
  }

  public Optional<String> tag(String tag) {
    return Optional.ofNullable(tags.get(tag));
  }
}
