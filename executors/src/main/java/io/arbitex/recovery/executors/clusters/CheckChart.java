package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.helm.Chart;
import io.arbitex.recovery.executors.helm.Rendered;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Preflight: the chart renders to the platform that the inventory names, to nothing that would run
 * before the cutover, and to no volume whose data is nobody's to bring back. A rebuilt cluster
 * knows nothing of the old one's volumes, so an empty one in their place would look like success.
 */
final class CheckChart extends ClusterAction {
  private final Cluster.HelmRelease release;
  private final Chart chart;

  CheckChart(ClusterTarget target, Cluster.HelmRelease release, Chart chart) {
    super(
        target,
        "check-chart",
        "render the chart and look at what it makes",
        false,
        Duration.ofMinutes(3));
    this.release = release;
    this.chart = chart;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Rendered rendered = chart.render(context);
    List<String> wrong = new ArrayList<>();
    if (!chart.render(context).digest().equals(rendered.digest())) {
      wrong.add(
          "it renders differently each time (generated keys or passwords, a date): what the"
              + " platform had would be replaced");
    }
    if (rendered.hasNamespace()) {
      wrong.add("it makes the namespace itself, which is there before it");
    }
    if (!rendered.runningAtOnce().isEmpty()) {
      wrong.add(
          "it runs these at its installation, before the cutover: "
              + String.join(", ", rendered.runningAtOnce()));
    }
    for (Workload each : target.workloads()) {
      if (!rendered.has(each)) {
        wrong.add("it makes no " + each);
      }
    }
    Optional<Cluster.Address> address = target.cluster().address();
    if (address.isPresent()
        && !rendered.hasService(address.get().namespace(), address.get().service())) {
      wrong.add(
          "it makes no Service "
              + address.get().namespace()
              + "/"
              + address.get().service()
              + " by which customers would find it");
    }
    for (Cluster.VaultSecret each : target.cluster().secrets()) {
      if (rendered.secrets().contains(each.name())) {
        wrong.add("it makes the Secret " + each.name() + ", which is the key vault's to fill");
      }
    }
    if (!rendered.runningElsewhere().isEmpty()) {
      wrong.add(
          "it runs outside of the platform's namespace, so before the cutover: "
              + String.join(", ", rendered.runningElsewhere()));
    }
    Set<String> empty = withoutData(rendered);
    if (!empty.isEmpty()) {
      wrong.add(
          "these claims would begin empty, and no procedure brings their data into a rebuilt"
              + " cluster: "
              + String.join(", ", empty)
              + " (name them in 'emptyClaims' where that is right)");
    }
    Set<String> volumes = volumesAmong(rendered.claims());
    if (!volumes.isEmpty()) {
      wrong.add(
          "it makes claims of volumes that are restored by a procedure of their own, so the"
              + " platform would write to empty ones before: "
              + String.join(", ", volumes));
    }
    if (!wrong.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the chart " + release.chart() + " is not the platform: " + String.join("; ", wrong),
          "Correct the chart, its values, or 'cluster.helm' of the inventory, then `dr retry`.");
    }
    return Look.alreadySo(
        Map.of(
            ClusterFacts.CHART,
            rendered.chart(),
            ClusterFacts.CHART_OBJECTS,
            Integer.toString(rendered.size()),
            ClusterFacts.CHART_DIGEST,
            rendered.digest(),
            ClusterFacts.EMPTY,
            String.join(",", withoutRedis(rendered.claims()))));
  }

  private Set<String> volumesAmong(Set<String> claims) {
    Set<String> volumes = new LinkedHashSet<>();
    for (Inventory.Component each : target.platform().components()) {
      each.volume().map(Volume::claim).filter(claims::contains).ifPresent(volumes::add);
    }
    return volumes;
  }

  private Set<String> withoutRedis(Set<String> claims) {
    Set<String> others = new LinkedHashSet<>(claims);
    for (Inventory.Component each : target.platform().components()) {
      each.redis().ifPresent(redis -> others.remove(redis.claim()));
    }
    return others;
  }

  /** A Redis gets its data from a file; the disk of a volume belongs to the lost cluster. */
  private Set<String> withoutData(Rendered rendered) {
    Set<String> empty = withoutRedis(rendered.claims());
    release.emptyClaims().forEach(empty::remove);
    empty.removeAll(volumesAmong(empty));
    return empty;
  }
}
