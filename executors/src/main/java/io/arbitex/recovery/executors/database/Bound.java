package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.runtime.Bindings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a component is by its newest binding.
 *
 * @param resource {@code server} or {@code server/database}, or the name of a Redis
 * @param facts of the binding
 */
public record Bound(String resource, long epoch, Map<String, String> facts) {
  public Bound {
    facts = Map.copyOf(facts);
  }

  public Bound(String resource, long epoch) {
    this(resource, epoch, Map.of());
  }

  /** The bound server, where that is its name and a recovery made it. */
  public Optional<Inventory.Server> server(Inventory.Postgresql settings, String name) {
    boolean named = resource.equals(name) || resource.startsWith(name + "/");
    return named ? Bindings.restored(settings, name, facts) : Optional.empty();
  }

  /** The server that was bound before this one, where that is its name and a recovery made it. */
  public Optional<Inventory.Server> previousServer(Inventory.Postgresql settings, String name) {
    String previous = facts.getOrDefault(Bindings.PREVIOUS, "");
    boolean named = previous.equals(name) || previous.startsWith(name + "/");
    return named ? Bindings.restored(settings, name, previousPlace()) : Optional.empty();
  }

  /** Where a resource is, in this binding's facts: it is what is bound, or what was before. */
  public Optional<Map<String, String>> placeOf(String wanted) {
    if (wanted.equals(resource)) {
      return Optional.of(place(facts, ""));
    }
    return wanted.equals(facts.get(Bindings.PREVIOUS))
        ? Optional.of(previousPlace())
        : Optional.empty();
  }

  private Map<String, String> previousPlace() {
    return place(facts, Bindings.PREVIOUS + "-");
  }

  private static Map<String, String> place(Map<String, String> facts, String prefix) {
    Map<String, String> place = new LinkedHashMap<>();
    for (String name : List.of(Bindings.HOST, Bindings.PORT, Bindings.LIKE)) {
      String value = facts.get(prefix + name);
      if (value != null) {
        place.put(name, value);
      }
    }
    return place;
  }
}
