package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * At the end of a failed attempt: says that the old cluster stays stopped. It could not be reached
 * before, so nobody is served less; and another attempt, or another procedure, needs it stopped.
 */
final class TellSource extends ClusterAction {
  TellSource(ClusterTarget target) {
    super(target, "tell-source", "say how the old cluster was left", false, Duration.ofMinutes(2));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<ManagedCluster> old = target.clusters(context).find(ClusterTarget.source(context));
    boolean ours = old.filter(it -> SourceCluster.isStoppedFor(context, it)).isPresent();
    return ours && !old.get().power().equals("Running")
        ? Look.alreadySo(
            Map.of(
                ClusterFacts.OLD,
                "stopped by this recovery, and left so: a person or the next procedure decides",
                ClusterFacts.UNDO,
                target.howToStart(context)))
        : Look.alreadySo();
  }
}
