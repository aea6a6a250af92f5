package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster.VaultSecret;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Preflight: Azure answers, a standby that is named is there and nobody else's, the key vault has
 * the secrets, and nobody is in the middle of changing the lost one or has stopped it.
 */
final class CheckCluster extends ClusterAction {
  CheckCluster(ClusterTarget target) {
    super(
        target,
        "check-azure",
        "check the standby, the key vault and what Azure knows of the lost cluster",
        false,
        Duration.ofMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    Map<String, String> facts = new LinkedHashMap<>();
    Optional<ManagedCluster> old = clusters.find(ClusterTarget.source(context));
    if (old.isPresent()) {
      SourceCluster.refuseIfChanging(context, old.get());
      new SourceCluster(target).refuseOther(context, old.get());
    }
    facts.put(
        ClusterFacts.OLD,
        old.map(it -> it.state() + ", " + it.power()).orElse("Azure does not know it any more"));
    Optional<String> standby = target.standby(context);
    if (standby.isPresent()) {
      ClaimStandby.refuseUnfit(context, standby.get(), clusters.find(standby.get()));
    }
    // Before anything is stopped for it.
    for (VaultSecret each : target.cluster().secrets()) {
      VaultContents.read(target.azure(), each);
    }
    return Look.alreadySo(facts);
  }
}
