package io.arbitex.recovery.detector;

import io.arbitex.recovery.azure.BoundClusters;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.redis.RedisDoor;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.detector.clusters.ClusterProbe;
import io.arbitex.recovery.detector.endpoints.EndpointProbe;
import io.arbitex.recovery.detector.integrity.Checkpoints;
import io.arbitex.recovery.detector.integrity.IntegritySettings;
import io.arbitex.recovery.detector.integrity.IntegrityWatch;
import io.arbitex.recovery.detector.volumes.VolumeProbe;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.runtime.Bindings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One watch for each component of the platforms that this observer looks at, by its kind. */
final class ComponentWatches implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ComponentWatches.class);

  /**
   * How this observer looks.
   *
   * @param interval from look to look
   * @param timeout for connecting, and again for each answer
   * @param heartbeat how often it says that nothing has changed
   * @param baselineEvery zero for an observer that takes no baselines
   * @param integrity how the data of a database is looked at
   * @param witness what cannot reach it says nothing of a failure
   */
  record Settings(
      Duration interval,
      Duration timeout,
      Duration heartbeat,
      Duration baselineEvery,
      IntegritySettings integrity,
      Optional<URI> witness) {}

  private final String observer;
  private final Settings settings;
  private final Bindings bindings;
  private final KnownKeyspaces keyspaces;
  private final Checkpoints checkpoints;
  private final Clock clock;
  private final Consumer<HealthEvent> tell;
  private final Consumer<Baseline> baselines;
  private final BoundClusters clusters;
  private final List<Watch> looking = new ArrayList<>();
  private final List<AutoCloseable> parts = new ArrayList<>();

  ComponentWatches(
      String observer,
      Settings settings,
      Bindings bindings,
      KnownKeyspaces keyspaces,
      Checkpoints checkpoints,
      Clock clock,
      Consumer<HealthEvent> tell,
      Consumer<Baseline> baselines) {
    this.observer = observer;
    this.settings = settings;
    this.bindings = bindings;
    this.keyspaces = keyspaces;
    this.checkpoints = checkpoints;
    this.clock = clock;
    this.tell = tell;
    this.baselines = baselines;
    this.clusters = new BoundClusters(settings.timeout());
  }

  /** Begins to look at every component of the platform. */
  void watchAll(Inventory.Platform platform) throws InterruptedException {
    for (Inventory.Component component : platform.components()) {
      component.postgresql().ifPresent(found -> watch(platform, component, found));
      component.redis().ifPresent(found -> watch(platform, component, found));
      component.volume().ifPresent(found -> watch(platform, component, found));
      if (component.cluster().isPresent()) {
        watch(platform, component, component.cluster().get());
      }
      if (component.kind().equals(Inventory.Component.ENDPOINT)) {
        watchPublicHealth(platform, component);
      }
    }
  }

  List<Watch> looking() {
    return List.copyOf(looking);
  }

  private void watch(
      Inventory.Platform platform, Inventory.Component component, Inventory.Postgresql found) {
    Supplier<Bindings.Database> bound =
        () -> bindings.database(platform.name(), component.name(), found);
    IntegrityWatch integrity =
        new IntegrityWatch(
            new IntegrityWatch.Place(platform, component, found, observer),
            settings.integrity(),
            settings.interval(),
            bound,
            checkpoints,
            clock,
            baselines);
    parts.add(integrity);
    PostgresqlProbe probe =
        new PostgresqlProbe(
            platform.name(),
            component.name(),
            observer,
            settings.timeout(),
            clock,
            baselines,
            integrity);
    start(
        platform,
        component,
        () -> {
          Bindings.Database now = bound.get();
          return new Watch.Target(now.resource(), now.epoch(), at -> probe.look(now, at));
        });
    if (!settings.baselineEvery().isZero()) {
      BaselineReader reader =
          new BaselineReader(platform.name(), component.name(), found.criticalTables(), clock);
      parts.add(
          new BaselineWatch(reader, bound, settings.baselineEvery(), clock, observer, baselines));
    }
  }

  private void watch(Inventory.Platform platform, Inventory.Component component, Redis found) {
    RedisDoor door = new RedisDoor(found, settings.timeout());
    parts.add(door);
    RedisProbe probe =
        new RedisProbe(
            observer,
            door,
            new KeyspaceMemory(
                found.collapse(), () -> keyspaces.newest(platform.name(), component.name())));
    probe.warmUp();
    start(
        platform,
        component,
        () -> {
          bindings.throwIfInDoubt(platform.name(), component.name());
          Optional<Binding> bound = bindings.find(platform.name(), component.name());
          long epoch = bound.map(Binding::getEpoch).orElse(0L);
          return new Watch.Target(
              bound.map(Binding::getResource).orElse(found.resource()),
              epoch,
              probe.ofEpoch(epoch, bound.map(Binding::getAt).orElse(Instant.EPOCH)));
        });
  }

  private void watch(Inventory.Platform platform, Inventory.Component component, Volume found) {
    // The inventory refuses a volume without a cluster.
    VolumeProbe probe = new VolumeProbe(platform.kubernetes().orElseThrow(), found);
    parts.add(probe);
    PlatformCluster cluster = cluster(platform);
    Supplier<Watch.Target> own = bound(platform, component, probe);
    start(platform, component, () -> cluster.target(probe, own));
  }

  private PlatformCluster cluster(Inventory.Platform platform) {
    return new PlatformCluster(platform, () -> bindings.cluster(platform), clusters);
  }

  private void watch(Inventory.Platform platform, Inventory.Component component, Cluster found)
      throws InterruptedException {
    // The inventory refuses an aks without the way to it.
    ClusterProbe probe =
        new ClusterProbe(platform.kubernetes().orElseThrow(), found, settings.timeout());
    parts.add(probe);
    PlatformCluster cluster = cluster(platform);
    start(
        platform,
        component,
        // Later than the probe itself: it knows what did not come, also of the credentials.
        ClusterProbe.limit(found, settings.timeout()).plus(settings.timeout().multipliedBy(2)),
        () -> cluster.target(probe));
  }

  private void watchPublicHealth(Inventory.Platform platform, Inventory.Component component) {
    EndpointProbe probe =
        new EndpointProbe(platform.name(), platform.endpoints().health(), settings.timeout());
    parts.add(probe);
    start(platform, component, bound(platform, component, probe));
  }

  /** What is looked at in the same way whatever it is bound to. */
  private Supplier<Watch.Target> bound(
      Inventory.Platform platform, Inventory.Component component, Probe probe) {
    return () -> {
      bindings.throwIfInDoubt(platform.name(), component.name());
      Optional<Binding> bound = bindings.find(platform.name(), component.name());
      return new Watch.Target(
          bound.map(Binding::getResource).orElse(component.resource()),
          bound.map(Binding::getEpoch).orElse(0L),
          probe);
    };
  }

  private void start(
      Inventory.Platform platform, Inventory.Component component, Supplier<Watch.Target> target) {
    // Connecting and answering each have the timeout; together they must not outlast it long.
    start(platform, component, settings.timeout().multipliedBy(2), target);
  }

  private void start(
      Inventory.Platform platform,
      Inventory.Component component,
      Duration limit,
      Supplier<Watch.Target> target) {
    Watch watch =
        new Watch(
            new Watch.Place(platform.name(), component.name(), observer),
            new Watch.Rhythm(settings.interval(), limit, settings.heartbeat()),
            new Witness(settings.witness(), settings.timeout()),
            target,
            clock,
            tell);
    parts.add(watch);
    looking.add(watch);
    watch.start();
  }

  @Override
  public void close() {
    for (int i = parts.size() - 1; i >= 0; i--) {
      try {
        parts.get(i).close();
      } catch (Exception e) {
        log.warn("while ending", e);
      }
    }
  }
}
