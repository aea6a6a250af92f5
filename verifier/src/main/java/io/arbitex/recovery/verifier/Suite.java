package io.arbitex.recovery.verifier;

import io.arbitex.recovery.azure.BoundClusters;
import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.BaselineComparison;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.BaselineText;
import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.EndpointCheck;
import io.arbitex.recovery.checks.RestoredMoment;
import io.arbitex.recovery.checks.kubernetes.AlembicHead;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runbook's validation suite (runbook, "After any recovery, run the full validation suite"):
 * health endpoints, the platform's own check of its audit chain, an own recomputation of that chain
 * against the anchor of the restore point, tenants and critical tables against the baseline taken
 * in the restore point's own snapshot, Alembic head; of a Redis its keyspace; of a volume which
 * disk it is, and what pods see of it; in the cluster its rollouts, crash loops and smoke tests.
 */
final class Suite {
  private static final Logger log = LoggerFactory.getLogger(Suite.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofMinutes(5);

  /** Longer than Azure takes with a token that has to be fetched first. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Inventory inventory;
  private final RestorePointLookup restorePoints;
  private final LossMeter loss;
  private final int threads;
  private final Clock clock;
  private final EndpointCheck endpoints = new EndpointCheck(Duration.ofSeconds(10));
  private final BoundClusters clusters = new BoundClusters(PATIENCE);

  /**
   * @param threads connections side by side for the audit chain
   */
  Suite(
      Inventory inventory,
      RestorePointLookup restorePoints,
      LossMeter loss,
      int threads,
      Clock clock) {
    this.inventory = inventory;
    this.restorePoints = restorePoints;
    this.loss = loss;
    this.threads = threads;
    this.clock = clock;
  }

  /** A platform with its workloads in a cluster that a binding names; the inventory's without. */
  Inventory.Platform at(Inventory.Platform platform, Optional<Bindings.ManagedCluster> bound) {
    return clusters.follow(
        platform,
        bound.map(Bindings.ManagedCluster::resource),
        bound.flatMap(Bindings.ManagedCluster::group));
  }

  /** Finds a restore point with its baseline. */
  @FunctionalInterface
  interface RestorePointLookup {
    Optional<RestorePoint> find(String platform, List<Path> folders, String id);
  }

  /** Measures the loss of one component; empty when it cannot be measured. */
  @FunctionalInterface
  interface LossMeter {
    Optional<LossMetric> measure(
        StepCommand command, Inventory.Platform platform, Inventory.Component component);
  }

  /** One run, in which outcomes are gathered in the order of the checks. */
  private final class Run {
    final StepCommand command;
    final List<ValidationOutcome> outcomes = new ArrayList<>();
    final List<String> failed = new ArrayList<>();
    boolean error;

    /** Of the databases that were restored. */
    AlembicHead alembicHead = AlembicHead.NONE_RESTORED;

    Run(StepCommand command) {
      this.command = command;
    }

    void check(String component, Callable<List<CheckResult>> checks) throws InterruptedException {
      Instant started = Times.now(clock);
      List<CheckResult> results;
      try {
        results = checks.call();
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        log.warn("a check of {} could not be run", command.getCommandId(), e);
        results = List.of(CheckResult.error("suite", "a check that can be run", e.toString()));
      }
      Instant ended = Times.now(clock);
      for (CheckResult result : results) {
        outcomes.add(
            outcome(
                command, OutcomeKind.CHECK, component, result, started, ended, outcomes.size()));
        if (result.status() == CheckStatus.FAIL && !failed.contains(component)) {
          failed.add(component);
        }
        error |= result.status() == CheckStatus.ERROR;
      }
    }

    ValidationOutcome verdict(Instant started) {
      long passed = outcomes.stream().filter(each -> each.getStatus() == CheckStatus.PASS).count();
      CheckStatus status =
          !failed.isEmpty() ? CheckStatus.FAIL : error ? CheckStatus.ERROR : CheckStatus.PASS;
      List<String> bad =
          outcomes.stream()
              .filter(each -> each.getStatus() != CheckStatus.PASS)
              .map(
                  each ->
                      "%s %s (expected %s, measured %s)"
                          .formatted(
                              each.getCheck(),
                              each.getStatus(),
                              each.getExpected(),
                              each.getMeasured()))
              .toList();
      CheckResult verdict =
          new CheckResult(
              "verdict",
              status,
              "all " + outcomes.size() + " checks pass",
              passed + " of " + outcomes.size() + " passed" + (bad.isEmpty() ? "" : ": " + bad));
      ValidationOutcome outcome =
          outcome(
              command,
              OutcomeKind.VERDICT,
              "",
              verdict,
              started,
              Times.now(clock),
              outcomes.size());
      outcome.setFailedComponents(failed);
      return outcome;
    }
  }

  /**
   * Runs every check; one that cannot be run is an ERROR and the others go on.
   *
   * @throws InterruptedException when the run is called off
   */
  Proof run(StepCommand command) throws InterruptedException {
    Instant started = Times.now(clock);
    Run run = new Run(command);
    List<LossMetric> losses = new ArrayList<>();
    // As the command names it: this verifier may have read less of the bindings.
    Optional<Inventory.Platform> platform =
        inventory
            .platform(command.getPlatform())
            .map(
                found ->
                    clusters.follow(
                        found,
                        parameter(command, BoundClusters.RESOURCE),
                        parameter(command, BoundClusters.GROUP)));
    if (platform.isEmpty()) {
      run.check(
          "",
          () ->
              List.of(
                  CheckResult.error(
                      "inventory", "platform " + command.getPlatform(), "not in the inventory")));
    } else {
      Optional<ClusterProof> cluster =
          platform
              .get()
              .kubernetes()
              .map(each -> ClusterProof.begin(platform.get(), each, components(command)));
      endpoints(run, platform.get());
      for (String name : components(command)) {
        Optional<Inventory.Component> component = platform.get().component(name);
        if (component.flatMap(Inventory.Component::redis).isPresent()) {
          Redis redis = component.flatMap(Inventory.Component::redis).orElseThrow();
          run.check(name, () -> RedisProof.of(command, name, redis));
          continue;
        }
        if (component.flatMap(Inventory.Component::volume).isPresent()) {
          Volume volume = component.flatMap(Inventory.Component::volume).orElseThrow();
          Kubernetes kubernetes = platform.get().kubernetes().orElseThrow();
          run.check(name, () -> VolumeProof.of(command, name, kubernetes, volume));
          continue;
        }
        if (component.flatMap(Inventory.Component::cluster).isPresent()) {
          Cluster replaced = component.flatMap(Inventory.Component::cluster).orElseThrow();
          Kubernetes kubernetes = platform.get().kubernetes().orElseThrow();
          run.check(name, () -> ManagedClusterProof.of(command, name, kubernetes, replaced));
          continue;
        }
        if (component.isEmpty() || component.get().postgresql().isEmpty()) {
          run.check(
              name,
              () ->
                  List.of(
                      CheckResult.error(
                          "component", "a component that can be proven", "'" + name + "'")));
          continue;
        }
        // Measured beside the checks: it reads other places than they do, and must not cost time.
        CompletableFuture<Optional<LossMetric>> measured =
            CompletableFuture.supplyAsync(
                () -> loss.measure(command, platform.get(), component.get()));
        database(run, platform.get(), component.get());
        measured.join().ifPresent(losses::add);
      }
      // Last: its smoke tests write, and what they write must not stand in what is measured.
      if (cluster.isPresent()) {
        run.check("", () -> cluster.get().end(run.alembicHead));
      }
    }
    run.outcomes.add(run.verdict(started));
    return new Proof(run.outcomes, losses);
  }

  private static List<String> components(StepCommand command) {
    return Arrays.stream(parameter(command, "components").orElse("").split(","))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** The verdict of a suite that was not run. */
  static Proof refused(StepCommand command, String why, Clock clock) {
    Instant now = Times.now(clock);
    CheckResult result = CheckResult.error("verdict", "a suite that is run", why);
    return new Proof(
        List.of(outcome(command, OutcomeKind.VERDICT, "", result, now, now, 0)), List.of());
  }

  private void endpoints(Run run, Inventory.Platform platform) throws InterruptedException {
    for (String address : platform.endpoints().health()) {
      run.check("", () -> List.of(endpoints.health(URI.create(address))));
    }
    if (platform.endpoints().auditVerify().isPresent()) {
      URI address = URI.create(platform.endpoints().auditVerify().get());
      run.check(
          "",
          () ->
              List.of(endpoints.auditVerify(address, platform.endpoints().adminToken().resolve())));
    }
  }

  private void database(Run run, Inventory.Platform platform, Inventory.Component component)
      throws InterruptedException {
    String name = component.name();
    Inventory.Postgresql settings = component.postgresql().orElseThrow();
    Optional<Baseline> baseline = baseline(run.command, platform.name(), name, settings);
    run.alembicHead =
        run.alembicHead.and(AlembicHead.restored(baseline.map(Baseline::getAlembicHead)));
    run.check(
        name,
        () -> {
          if (baseline.isEmpty()) {
            return List.of(
                CheckResult.error(
                    "baseline",
                    "the baseline of the restore point",
                    "restore point "
                        + parameter(run.command, name + ".restore-point").orElse("(none named)")
                        + " is not to be found with a baseline"));
          }
          DatabaseAddress address = address(run.command, name, settings);
          try (Connection connection = address.connect("recovery-verifier", CONNECT, READ)) {
            Baseline measured =
                new BaselineReader(platform.name(), name, settings.criticalTables(), clock)
                    .read(connection, "verifier");
            List<CheckResult> results =
                new ArrayList<>(BaselineComparison.atLeast(baseline.get(), measured));
            Optional<String> moment = parameter(run.command, name + ".restore-moment");
            if (moment.isPresent()) {
              results.add(
                  RestoredMoment.nothingLater(
                      connection, baseline.get().getAuditHeadId(), Instant.parse(moment.get())));
            }
            return results;
          }
        });
    run.check(
        name,
        () -> {
          byte[] key = platform.endpoints().auditKey().resolve().getBytes(StandardCharsets.UTF_8);
          return List.of(
              new AuditChain(key)
                  .verify(
                      address(run.command, name, settings), threads, baseline.map(ChainAnchor::of))
                  .asCheck());
        });
  }

  /** Of the catalogue's restore point; a moment is in no catalogue, and its restore tells it. */
  private Optional<Baseline> baseline(
      StepCommand command, String platform, String component, Inventory.Postgresql settings) {
    Optional<String> told =
        parameter(command, component + ".restore-point-baseline").filter(text -> !text.isEmpty());
    if (told.isPresent()) {
      try {
        return Optional.of(BaselineText.read(told.get()));
      } catch (IOException e) {
        log.warn("{} carries a baseline that is none", command.getCommandId(), e);
        return Optional.empty();
      }
    }
    return parameter(command, component + ".restore-point")
        .flatMap(id -> restorePoints.find(platform, settings.backups(), id))
        .map(RestorePoint::getBaseline);
  }

  /** The restored database, as the steps before have named it. */
  static DatabaseAddress address(
      StepCommand command, String component, Inventory.Postgresql settings)
      throws IOException, SQLException {
    String server =
        parameter(command, component + ".server")
            .orElseThrow(() -> new SQLException("the command names no server of " + component));
    String database =
        parameter(command, component + ".database")
            .orElseThrow(() -> new SQLException("the command names no database of " + component));
    Inventory.Server found =
        settings
            .server(server)
            .or(() -> made(command, component, settings, server))
            .orElseThrow(() -> new SQLException("no server '" + server + "' in the inventory"));
    return DatabaseAddress.of(found, database);
  }

  /** A server that the restore made, which no inventory has. */
  private static Optional<Inventory.Server> made(
      StepCommand command, String component, Inventory.Postgresql settings, String server) {
    Optional<String> like = parameter(command, component + ".server-like");
    Optional<String> host = parameter(command, component + ".server-host");
    Optional<String> port = parameter(command, component + ".server-port");
    return like.isPresent() && host.isPresent() && port.isPresent()
        ? settings.restored(server, like.get(), host.get(), Integer.parseInt(port.get()))
        : Optional.empty();
  }

  static Optional<String> parameter(StepCommand command, String name) {
    return Facts.find(command.getParameters(), name);
  }

  private static ValidationOutcome outcome(
      StepCommand command,
      OutcomeKind kind,
      String component,
      CheckResult result,
      Instant started,
      Instant ended,
      int number) {
    return ValidationOutcome.newBuilder()
        .setId(command.getCommandId() + "/" + number)
        .setCommandId(command.getCommandId())
        .setIncidentId(command.getIncidentId())
        .setPlatform(command.getPlatform())
        .setStepId(command.getStepId())
        .setKind(kind)
        .setComponent(component)
        .setCheck(result.check())
        .setStatus(result.status())
        .setExpected(result.expected())
        .setMeasured(result.measured())
        .setStartedAt(started)
        .setAt(ended)
        .build();
  }
}
