package io.arbitex.recovery.executors;

import io.arbitex.recovery.azure.BoundClusters;
import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.azure.AzureAccess;
import io.arbitex.recovery.executors.azure.Disks;
import io.arbitex.recovery.executors.azure.FlexibleServers;
import io.arbitex.recovery.executors.azure.ResourceManager;
import io.arbitex.recovery.executors.clusters.ClusterCutover;
import io.arbitex.recovery.executors.clusters.ClusterProcedure;
import io.arbitex.recovery.executors.clusters.ClusterRebuild;
import io.arbitex.recovery.executors.clusters.ClusterTarget;
import io.arbitex.recovery.executors.cutover.CutoverProcedure;
import io.arbitex.recovery.executors.cutover.CutoverSettings;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.database.Checkpoints;
import io.arbitex.recovery.executors.notify.NotifyProcedure;
import io.arbitex.recovery.executors.notify.PageOrder;
import io.arbitex.recovery.executors.pitr.PitrProcedure;
import io.arbitex.recovery.executors.pitr.PitrSource;
import io.arbitex.recovery.executors.postgresql.DumpProcedure;
import io.arbitex.recovery.executors.postgresql.DumpSource;
import io.arbitex.recovery.executors.redis.RedisCutover;
import io.arbitex.recovery.executors.redis.RedisProcedures;
import io.arbitex.recovery.executors.redis.RedisTarget;
import io.arbitex.recovery.executors.volumes.AzureDiskStore;
import io.arbitex.recovery.executors.volumes.DiskStore;
import io.arbitex.recovery.executors.volumes.SnapshotProcedure;
import io.arbitex.recovery.executors.volumes.VolumeCutover;
import io.arbitex.recovery.executors.volumes.VolumeTarget;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.notify.Post;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Worker;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Which procedure a command names, with what the inventory and the policy say about its target. */
public final class Procedures {
  /** Workers that this binary has procedures for. */
  public static final Set<Worker> WORKERS =
      Set.of(
          Worker.POSTGRESQL, Worker.REDIS, Worker.PVC, Worker.AKS, Worker.CUTOVER, Worker.NOTIFY);

  /** Longer than Azure takes with a token that has to be fetched first. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** The newest known binding of a component. */
  @FunctionalInterface
  public interface KnownBindings {
    Optional<Bound> of(String platform, String component);
  }

  private final Inventory inventory;
  private final Policy policy;
  private final KnownBindings bindings;
  private final Checkpoints.Records history;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Post post;
  private final PageOrder order;
  private final Map<Azure, AzureAccess> clouds = new ConcurrentHashMap<>();
  private final BoundClusters clusters = new BoundClusters(PATIENCE);

  /** Where nothing is known of healthy times, and messages are posted as usual. */
  public Procedures(Inventory inventory, Policy policy, KnownBindings bindings, Clock clock) {
    this(
        inventory,
        policy,
        bindings,
        (platform, component, since, keep) -> List.of(),
        clock,
        new Post());
  }

  /**
   * @param history what was said of a database in healthy times
   * @param post posts the messages to people
   */
  public Procedures(
      Inventory inventory,
      Policy policy,
      KnownBindings bindings,
      Checkpoints.Records history,
      Clock clock,
      Post post) {
    this.inventory = inventory;
    this.policy = policy;
    this.bindings = bindings;
    this.history = history;
    this.clock = clock;
    this.post = post;
    this.order = new PageOrder(clock);
  }

  /**
   * The procedure of a command; empty when no worker of this binary has one of that name. A known
   * procedure for something that the configuration does not have is one that fails in its preflight
   * and says why.
   */
  public Optional<Procedure> of(StepCommand command) {
    return switch (command.getProcedure()) {
      case DumpProcedure.NAME -> Optional.of(dump(command));
      case PitrProcedure.NAME -> Optional.of(pitr(command));
      case CutoverProcedure.NAME -> Optional.of(cutover(command));
      case RedisProcedures.RDB -> Optional.of(redis(command, RedisProcedures::rdb));
      case RedisProcedures.AOF -> Optional.of(redis(command, RedisProcedures::aof));
      case RedisProcedures.COLD -> Optional.of(redis(command, RedisProcedures::cold));
      case RedisCutover.NAME ->
          Optional.of(
              redis(
                  command,
                  target ->
                      RedisCutover.of(
                          target,
                          () -> bindings.of(command.getPlatform(), command.getComponent()))));
      case SnapshotProcedure.NAME -> Optional.of(volume(command, SnapshotProcedure::of));
      case VolumeCutover.NAME -> Optional.of(volume(command, VolumeCutover::of));
      case ClusterProcedure.NAME -> Optional.of(restoreCluster(command));
      case ClusterRebuild.NAME -> Optional.of(rebuildCluster(command));
      case ClusterCutover.NAME ->
          Optional.of(cluster(command, cluster -> true, Cluster::backup, ClusterCutover::of));
      case NotifyProcedure.SLACK, NotifyProcedure.PAGERDUTY -> Optional.of(notify(command));
      default -> Optional.empty();
    };
  }

  /**
   * The command's platform, with its workloads in the cluster that the command names: what this
   * executor has read of bindings may be older than the command.
   */
  private Optional<Inventory.Platform> platform(StepCommand command) {
    return inventory
        .platform(command.getPlatform())
        .map(
            found ->
                clusters.follow(
                    found,
                    Facts.find(command.getParameters(), BoundClusters.RESOURCE),
                    Facts.find(command.getParameters(), BoundClusters.GROUP)));
  }

  /** A platform with its workloads in a cluster that a binding names; the inventory's without. */
  Inventory.Platform at(Inventory.Platform platform, Optional<Bindings.ManagedCluster> bound) {
    return clusters.follow(
        platform,
        bound.map(Bindings.ManagedCluster::resource),
        bound.flatMap(Bindings.ManagedCluster::group));
  }

  private Procedure dump(StepCommand command) {
    Optional<Inventory.Platform> platform = platform(command);
    return postgresql(command)
        .map(
            found ->
                DumpProcedure.of(
                    new DumpSource(
                        command.getPlatform(),
                        command.getComponent(),
                        found,
                        platform.orElseThrow().endpoints().auditKey(),
                        rpo(command),
                        policy.procedures().dump(),
                        checkpoints(command),
                        clock)))
        .orElseGet(() -> MissingTarget.procedure(command, "PostgreSQL component of the inventory"));
  }

  private Procedure pitr(StepCommand command) {
    Optional<Inventory.Platform> platform = platform(command);
    Optional<Azure> azure = platform.flatMap(Inventory.Platform::azure);
    if (azure.isEmpty()) {
      return MissingTarget.procedure(command, "'azure' of the platform in the inventory");
    }
    return postgresql(command)
        .map(
            found ->
                PitrProcedure.of(
                    new PitrSource(
                        platform.orElseThrow(),
                        command.getComponent(),
                        found,
                        policy.procedures().pitr(),
                        context ->
                            new FlexibleServers(azure(azure.get()).within(context::remaining)),
                        () -> bindings.of(command.getPlatform(), command.getComponent()),
                        checkpoints(command),
                        clock)))
        .orElseGet(() -> MissingTarget.procedure(command, "PostgreSQL component of the inventory"));
  }

  /** One way into each subscription: its connections and tokens are shared by all commands. */
  private AzureAccess azure(Azure settings) throws ActionFailure {
    AzureAccess open = clouds.get(settings);
    if (open == null) {
      open = AzureAccess.open(settings);
      clouds.put(settings, open);
    }
    return open;
  }

  private Procedure cutover(StepCommand command) {
    Optional<Inventory.Platform> platform = platform(command);
    return postgresql(command)
        .map(
            found ->
                CutoverProcedure.of(
                    new CutoverSettings(
                        platform.orElseThrow(),
                        found,
                        () -> bindings.of(command.getPlatform(), command.getComponent()),
                        checkpoints(command),
                        random)))
        .orElseGet(() -> MissingTarget.procedure(command, "PostgreSQL component of the inventory"));
  }

  private Procedure redis(StepCommand command, Function<RedisTarget, Procedure> procedure) {
    Optional<Inventory.Platform> platform = platform(command);
    return platform
        .flatMap(found -> found.component(command.getComponent()))
        .flatMap(Inventory.Component::redis)
        .map(
            redis ->
                new RedisTarget(
                    command.getPlatform(),
                    command.getComponent(),
                    // The inventory refuses a Redis without a cluster.
                    platform.flatMap(Inventory.Platform::kubernetes).orElseThrow(),
                    redis))
        .map(procedure)
        .orElseGet(() -> MissingTarget.procedure(command, "Redis component of the inventory"));
  }

  private Procedure volume(StepCommand command, Function<VolumeTarget, Procedure> procedure) {
    Optional<Inventory.Platform> platform = platform(command);
    return platform
        .flatMap(found -> found.component(command.getComponent()))
        .flatMap(Inventory.Component::volume)
        .map(
            volume ->
                new VolumeTarget(
                    command.getPlatform(),
                    command.getComponent(),
                    // The inventory refuses a volume without a cluster, and disks without an Azure.
                    platform.flatMap(Inventory.Platform::kubernetes).orElseThrow(),
                    volume,
                    () -> bindings.of(command.getPlatform(), command.getComponent()),
                    target -> store(target, platform.get()),
                    VolumeTarget.PATIENCE))
        .map(procedure)
        .orElseGet(() -> MissingTarget.procedure(command, "volume of the inventory"));
  }

  private DiskStore store(VolumeTarget target, Inventory.Platform platform) throws ActionFailure {
    Volume.AzureDisks at = target.volume().azure();
    return new AzureDiskStore(
        target, new Disks(azure(platform.azure().orElseThrow()), at.disks(), at.snapshots()));
  }

  private Procedure restoreCluster(StepCommand command) {
    return cluster(
        command, cluster -> cluster.backup().isPresent(), Cluster::backup, ClusterProcedure::of);
  }

  private Procedure rebuildCluster(StepCommand command) {
    return cluster(
        command,
        cluster -> cluster.helm().isPresent(),
        cluster -> Optional.empty(),
        target -> ClusterRebuild.of(target, target.cluster().helm().orElseThrow()));
  }

  private Procedure cluster(
      StepCommand command,
      Predicate<Cluster> complete,
      Function<Cluster, Optional<Cluster.Backup>> backup,
      Function<ClusterTarget, Procedure> procedure) {
    Optional<Inventory.Platform> platform = platform(command);
    return platform
        .flatMap(found -> found.component(command.getComponent()))
        .flatMap(Inventory.Component::cluster)
        .filter(complete)
        .map(
            found ->
                new ClusterTarget(
                    platform.get(),
                    found,
                    backup.apply(found),
                    () -> bindings.of(command.getPlatform(), command.getComponent()),
                    // The inventory refuses a cluster without an Azure.
                    context ->
                        new ResourceManager(
                            azure(platform.get().azure().orElseThrow()).within(context::remaining)),
                    ClusterTarget.UNANSWERED,
                    ClusterTarget.ROLLOUT))
        .map(procedure)
        .orElseGet(
            () ->
                MissingTarget.procedure(
                    command,
                    "cluster with what " + command.getProcedure() + " needs in the inventory"));
  }

  private Procedure notify(StepCommand command) {
    String name = Facts.find(command.getParameters(), "channel").orElse("");
    Optional<Channel.Kind> kind = NotifyProcedure.kind(command.getProcedure());
    return policy.channels().stream()
        .filter(channel -> channel.name().equals(name) && kind.equals(Optional.of(channel.kind())))
        .findFirst()
        .map(channel -> NotifyProcedure.of(command, channel, post, order))
        .orElseGet(
            () ->
                MissingTarget.procedure(
                    command,
                    kind.map(Enum::name).orElse("") + " channel '" + name + "' of the policy"));
  }

  /** A command ended: whatever waits behind it may go on. */
  public void ended(StepCommand command) {
    if (NotifyProcedure.kind(command.getProcedure()).isPresent()) {
      order.ended(command);
    }
  }

  private Checkpoints checkpoints(StepCommand command) {
    return new Checkpoints(command.getPlatform(), command.getComponent(), history);
  }

  private Optional<Inventory.Postgresql> postgresql(StepCommand command) {
    return platform(command)
        .flatMap(platform -> platform.component(command.getComponent()))
        .flatMap(Inventory.Component::postgresql);
  }

  private Duration rpo(StepCommand command) {
    return policy.severities().containsKey(command.getSeverity().name())
        ? policy.targets(command.getSeverity().name()).rpo()
        : policy.targets("P1").rpo();
  }
}
