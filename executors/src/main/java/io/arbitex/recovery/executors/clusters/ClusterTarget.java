package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.BackupVault;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.ResourceManager;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Digests;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the cluster procedures work on, as the configuration has it.
 *
 * @param backup that is restored; empty where none is
 * @param bound the component's newest known binding
 * @param clouds the way to Azure
 * @param unanswered after it a restore that was ordered and that no job tells of was not taken
 * @param rollout for the platform to run in the restored cluster
 */
public record ClusterTarget(
    Inventory.Platform platform,
    Cluster cluster,
    Optional<Cluster.Backup> backup,
    Supplier<Optional<Bound>> bound,
    Clouds clouds,
    Duration unanswered,
    Duration rollout) {
  /**
   * A job is seen within seconds of its order; a minute is twice the longest that users tell of.
   */
  public static final Duration UNANSWERED = Duration.ofMinutes(1);

  /** As long as the runbook's own {@code helm install --atomic} waits (section 2c). */
  public static final Duration ROLLOUT = Duration.ofMinutes(10);

  /** On a cluster: the command that may change it. */
  static final String COMMAND_TAG = "recovery-command";

  /** On a cluster: the incident for which it was made, taken or stopped. */
  static final String INCIDENT_TAG = "recovery-incident";

  /** On an old cluster: the command that stopped it. */
  static final String STOPPED_TAG = "recovery-stopped-by";

  /** Azure allows 63 characters, its DNS prefix 54. */
  private static final int LONGEST_NAME = 54;

  private static final int DIGEST = 10;

  /** Opens the way to Azure, for no longer than the action has time. */
  @FunctionalInterface
  public interface Clouds {
    ResourceManager open(ActionContext context) throws ActionFailure;
  }

  ManagedClusters clusters(ActionContext context) throws ActionFailure {
    return new ManagedClusters(clouds.open(context), cluster.resourceGroup());
  }

  BackupVault vault(ActionContext context) throws ActionFailure {
    Cluster.Backup from = requiredBackup();
    return new BackupVault(
        clouds.open(context), from.resourceGroup(), from.vault(), from.instance());
  }

  /** For actions of the backup's procedure only. */
  Cluster.Backup requiredBackup() {
    return backup.orElseThrow();
  }

  /** The inventory refuses a cluster without both. */
  Azure azure() {
    return platform.azure().orElseThrow();
  }

  Kubernetes kubernetes() {
    return platform.kubernetes().orElseThrow();
  }

  /** The cluster that is lost, by its name in Azure. */
  static String source(ActionContext context) {
    return context.required(ClusterFacts.SOURCE_RESOURCE);
  }

  /**
   * Whether the cluster that the platform is bound to is the restored one: an earlier attempt has
   * come so far that its binding was published, and there is no old one to be stopped.
   */
  static boolean isSuccessor(ActionContext context) {
    return context.fact(ClusterFacts.CLUSTER).filter(source(context)::equalsIgnoreCase).isPresent();
  }

  /** The standby; empty where none is named, or the standby is what was lost. */
  Optional<String> standby(ActionContext context) {
    return backup
        .flatMap(Cluster.Backup::standby)
        .filter(name -> !name.equalsIgnoreCase(source(context)));
  }

  /** What the backup is restored into. */
  String name(ActionContext context) {
    return standby(context).orElseGet(() -> nameOfNew(source(context), context.command()));
  }

  /** The name of a new cluster: of one command alone, so that it never makes two. */
  static String nameOfNew(String source, StepCommand command) {
    String suffix = "-r" + digest(command);
    String stem = source.replaceFirst("-r[0-9a-f]{10}$", "");
    stem = stem.substring(0, Math.min(stem.length(), LONGEST_NAME - suffix.length()));
    return stem.replaceFirst("[-_]+$", "") + suffix;
  }

  static String digest(StepCommand command) {
    return Digests.sha256(command.getCommandId()).substring(0, DIGEST);
  }

  static boolean isOurs(ActionContext context, ManagedCluster found) {
    return found.tag(COMMAND_TAG).filter(context.command().getCommandId()::equals).isPresent();
  }

  /** A session with what is restored into, in the platform's namespace. */
  ClusterSession session(ActionContext context) throws ActionFailure, InterruptedException {
    return session(context, name(context));
  }

  /** A session with what a restore has left, for the cutover to it. */
  ClusterSession restored(ActionContext context) throws ActionFailure, InterruptedException {
    return session(context, context.required(ClusterFacts.CLUSTER));
  }

  private ClusterSession session(ActionContext context, String name)
      throws ActionFailure, InterruptedException {
    return ClusterSession.of(clusters(context).kubeconfig(name), kubernetes().namespace());
  }

  /** Whether the platform is bound to a cluster, as far as is known. */
  boolean isBoundTo(String name) {
    return bound.get().filter(known -> known.resource().equals(name)).isPresent();
  }

  /** All workloads that the inventory names: the backup has to hold them. */
  Set<Workload> workloads() {
    Set<Workload> named = new LinkedHashSet<>(kubernetes().writers());
    kubernetes().smoke().forEach(each -> named.add(each.in()));
    for (Inventory.Component each : platform.components()) {
      each.volume().ifPresent(volume -> named.addAll(volume.workloads()));
      each.redis()
          .ifPresent(
              redis -> named.add(new Workload(Workload.Kind.STATEFULSET, redis.statefulSet())));
    }
    return named;
  }

  /** Whether other steps restore claims: then the cluster's backup leaves all of them out. */
  boolean hasVolumes() {
    return platform.components().stream().anyMatch(each -> each.volume().isPresent());
  }

  /** Claims that other steps restore. */
  Set<String> claims() {
    Set<String> claims = new LinkedHashSet<>();
    for (Inventory.Component each : platform.components()) {
      each.volume().ifPresent(volume -> claims.add(volume.claim()));
      each.redis().ifPresent(redis -> claims.add(redis.claim()));
    }
    return claims;
  }

  /** How a person starts the old cluster again. */
  String howToStart(ActionContext context) {
    return "az aks start --resource-group %s --name %s"
        .formatted(cluster.resourceGroup(), source(context));
  }

  /**
   * To be asked right before anything is ordered.
   *
   * @throws ActionFailure when the step was cancelled, or changes are stopped
   */
  static void refuseUnlessAllowed(ActionContext context)
      throws ActionFailure, InterruptedException {
    Patience.refuseIfCancelled(context);
    Patience.refuseIfStopped(context);
  }
}
