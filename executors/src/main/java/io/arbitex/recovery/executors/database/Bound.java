package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.runtime.Bindings;
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
}
