package io.arbitex.recovery.runtime;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Keys;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which resource each component is now: what cutovers said, else the inventory's at epoch 0. */
public final class Bindings implements AutoCloseable {

  /**
   * A PostgreSQL resource: a database on a server of the inventory, or on one that a recovery made
   * like one of the inventory.
   *
   * @param epoch of the binding; 0 is the inventory's own
   */
  public record Database(Inventory.Server server, String database, String resource, long epoch) {}

  /**
   * A managed cluster.
   *
   * @param resource its name in Azure
   * @param group its resource group, where the binding names one
   * @param epoch of the binding; 0 is the inventory's own
   */
  public record ManagedCluster(String resource, Optional<String> group, long epoch) {}

  /** Fact of a binding: where a server answers. */
  public static final String HOST = "host";

  /** Fact of a binding: the port there. */
  public static final String PORT = "port";

  /** Fact of a binding: the server of the inventory of which a recovery made the bound one. */
  public static final String LIKE = "like";

  /** Fact of a binding: the resource group of a managed cluster. */
  public static final String GROUP = "group";

  /**
   * Fact of a binding: the resource that was bound before; with {@code -host}, {@code -port} and
   * {@code -like} behind it, where that answers.
   */
  public static final String PREVIOUS = "previous";

  private final Map<String, Binding> bound = new ConcurrentHashMap<>();
  private final Map<String, String> doubts = new ConcurrentHashMap<>();
  private final TopicView<Binding> view;

  public Bindings(KafkaClients clients, Framing framing) {
    view =
        new TopicView<>(clients, framing, Topic.BINDINGS, Binding.class, this::take, this::doubt);
  }

  private void take(String key, Binding binding) {
    if (binding == null) {
      return;
    }
    if (!Keys.of(binding.getPlatform(), binding.getComponent()).equals(key)) {
      throw new UndecodableRecord(
          "a binding of " + binding.getPlatform() + "/" + binding.getComponent() + " under " + key);
    }
    bound.merge(key, binding, (old, now) -> now.getEpoch() >= old.getEpoch() ? now : old);
    doubts.remove(key);
  }

  /**
   * What is known stays, as in the classifier. But where nothing is known, compaction may have
   * removed what this record replaced, and the inventory's resource may be one that was given up.
   */
  private void doubt(String key, String why) {
    if (key != null && !bound.containsKey(key)) {
      doubts.put(key, why);
    }
  }

  /** Why bindings are not followed any more; empty while they are. */
  public Optional<String> sick() {
    return view.sick();
  }

  /** Records that could not be believed, since the start. */
  public long passedOver() {
    return view.passedOver();
  }

  /**
   * For whoever would act on what the component is now.
   *
   * @throws IllegalStateException when all that was said about it cannot be read
   */
  public void throwIfInDoubt(String platform, String component) {
    String why = doubts.get(Keys.of(platform, component));
    if (why != null) {
      throw new IllegalStateException(
          "nobody knows what "
              + platform
              + "/"
              + component
              + " is now, since its binding cannot be read ("
              + why
              + "); publish it again");
    }
  }

  /**
   * Waits until every binding that was there at the start is known.
   *
   * @throws InterruptedException when interrupted meanwhile
   */
  public void awaitCaughtUp() throws InterruptedException {
    view.awaitCaughtUp();
  }

  public Optional<Binding> find(String platform, String component) {
    return Optional.ofNullable(bound.get(Keys.of(platform, component)));
  }

  /**
   * The database that a PostgreSQL component is now.
   *
   * @throws IllegalStateException when a binding names a server that the inventory does not have,
   *     or cannot be read
   */
  public Database database(String platform, String component, Inventory.Postgresql settings) {
    throwIfInDoubt(platform, component);
    Optional<Binding> binding = find(platform, component);
    String server = settings.resource();
    String database = settings.database();
    String resource = settings.resource();
    long epoch = 0;
    if (binding.isPresent()) {
      resource = binding.get().getResource();
      epoch = binding.get().getEpoch();
      int slash = resource.indexOf('/');
      server = slash < 0 ? resource : resource.substring(0, slash);
      database = slash < 0 ? database : resource.substring(slash + 1);
    }
    String name = server;
    Inventory.Server found =
        settings
            .server(name)
            .or(() -> binding.flatMap(of -> restored(settings, name, of)))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the binding of "
                            + platform
                            + "/"
                            + component
                            + " names the server '"
                            + name
                            + "', which is not in the inventory; add it there"));
    return new Database(found, database, resource, epoch);
  }

  /**
   * The managed cluster that a platform's workloads run in; empty where that is no component.
   *
   * @throws IllegalStateException when its binding cannot be read
   */
  public Optional<ManagedCluster> cluster(Inventory.Platform platform) {
    Optional<Inventory.Component> component = platform.managedCluster();
    if (component.isEmpty()) {
      return Optional.empty();
    }
    throwIfInDoubt(platform.name(), component.get().name());
    Optional<Binding> binding = find(platform.name(), component.get().name());
    return Optional.of(
        new ManagedCluster(
            binding.map(Binding::getResource).orElse(component.get().resource()),
            binding.flatMap(of -> Facts.find(of.getFacts(), GROUP)),
            binding.map(Binding::getEpoch).orElse(0L)));
  }

  /** The server that a binding names and the inventory does not, as a recovery has made it. */
  public static Optional<Inventory.Server> restored(
      Inventory.Postgresql settings, String name, Binding binding) {
    return restored(settings, name, Facts.toMap(binding.getFacts()));
  }

  /** The same, of a binding's facts. */
  public static Optional<Inventory.Server> restored(
      Inventory.Postgresql settings, String name, Map<String, String> facts) {
    String like = facts.get(LIKE);
    String host = facts.get(HOST);
    String port = facts.getOrDefault(PORT, "");
    return like != null && host != null && port.matches("[1-9]\\d{0,4}")
        ? settings.restored(name, like, host, Integer.parseInt(port))
        : Optional.empty();
  }

  @Override
  public void close() {
    view.close();
  }
}
