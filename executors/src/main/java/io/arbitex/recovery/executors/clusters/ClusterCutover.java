package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.schemas.Facts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code cutover.cluster}: see the package. */
public final class ClusterCutover {
  public static final String NAME = Cluster.CUTOVER;

  private ClusterCutover() {}

  /**
   * With an address that customers find, its change is the point of no return: until then they may
   * go to the old cluster again. Without one nothing leads them, and all can be given back.
   */
  public static Procedure of(ClusterTarget target) {
    Procedure.Builder procedure =
        Procedure.named(NAME)
            .action(new CheckRestored(target))
            .action(new RecheckCluster(target))
            .action(new StopCluster(target))
            .action(new ReleaseWorkloads(target))
            .action(new AwaitWorkloads(target));
    target
        .cluster()
        .address()
        .ifPresent(address -> procedure.pointOfNoReturn(new SwitchAddress(target, address)));
    HoldAgain hold = new HoldAgain(target);
    return procedure
        .onFailure(hold)
        .onFailure(new StartSource(target, hold))
        .publishing((command, facts, at) -> binding(target, command, facts, at))
        .build();
  }

  private static Binding binding(
      ClusterTarget target, StepCommand command, Map<String, String> facts, Instant at) {
    String cluster = facts.get(ClusterFacts.CLUSTER);
    String source = facts.get(ClusterFacts.SOURCE_RESOURCE);
    Map<String, String> bound = new LinkedHashMap<>();
    bound.put(Bindings.GROUP, facts.get(ClusterFacts.GROUP));
    // A second attempt finds itself bound; what was before it stands in the binding.
    Optional<String> previous =
        source.equals(cluster)
            ? target.bound().get().map(Bound::facts).map(known -> known.get(Bindings.PREVIOUS))
            : Optional.of(source);
    previous.ifPresent(name -> bound.put(Bindings.PREVIOUS, name));
    return Binding.newBuilder()
        .setPlatform(command.getPlatform())
        .setComponent(command.getComponent())
        .setResource(cluster)
        .setEpoch(Long.parseLong(facts.get(ClusterFacts.EPOCH)))
        .setFacts(Facts.of(bound))
        .setIncidentId(command.getIncidentId())
        .setCommandId(command.getCommandId())
        .setAt(at)
        .build();
  }
}
