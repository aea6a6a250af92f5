package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.RecordSwitch;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Preflight: the restored cluster is there, is this incident's and has what the platform needs; no
 * later cutover has happened; the record that customers find can be read and names one address; and
 * the old cluster that Azure knows is the one that was watched.
 */
final class CheckRestored extends ClusterAction {
  CheckRestored(ClusterTarget target) {
    super(
        target,
        "check-restored",
        "check the restored cluster and the way of customers to it",
        false,
        Duration.ofMinutes(3));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    String name = context.required(ClusterFacts.CLUSTER);
    ManagedClusters clusters = target.clusters(context);
    Optional<ManagedCluster> found = clusters.find(name);
    if (found.filter(ManagedCluster::isRunning).isEmpty()) {
      throw refused(
          "the restored cluster "
              + name
              + found
                  .map(it -> " is " + it.state() + ", " + it.power())
                  .orElse(" is not known to Azure"),
          "See in Azure's activity log what became of it. Start it, then `dr retry`; if it is gone,"
              + " `dr reject` and restore the backup by hand: a retry restores no second one.");
    }
    String incident = context.command().getIncidentId();
    if (found.get().tag(ClusterTarget.INCIDENT_TAG).filter(incident::equals).isEmpty()) {
      throw refused(
          "the cluster " + name + " is not of this incident: its tag says so",
          "See whose it is; nothing is cut over to it.");
    }
    long epoch = Long.parseLong(context.required(ClusterFacts.SOURCE_EPOCH));
    Optional<Bound> bound = target.bound().get();
    boolean already = bound.filter(it -> it.resource().equals(name)).isPresent();
    long known = bound.map(Bound::epoch).orElse(epoch);
    if (!already && known > epoch) {
      throw refused(
          "a later cutover has happened: the binding is at epoch "
              + known
              + ", the command was made for "
              + epoch,
          "Nothing, if that cutover was right.");
    }
    refuseIncomplete(context, name);
    if (target.cluster().address().isPresent()) {
      refuseUnclearRecord(target.cluster().address().get());
    }
    Optional<ManagedCluster> old = clusters.find(ClusterTarget.source(context));
    if (old.isPresent() && !ClusterTarget.isSuccessor(context)) {
      SourceCluster.refuseIfChanging(context, old.get());
      new SourceCluster(target).refuseOther(context, old.get());
    }
    Map<String, String> facts = new LinkedHashMap<>();
    // The decider may have read the binding before this worker has.
    boolean successor = ClusterTarget.isSuccessor(context);
    facts.put(ClusterFacts.EPOCH, Long.toString(already ? known : successor ? epoch : epoch + 1));
    facts.put(ClusterFacts.BOUND_RESOURCE, name);
    facts.put(ClusterFacts.BOUND_GROUP, context.required(ClusterFacts.GROUP));
    facts.put(
        ClusterFacts.UNPROTECTED,
        name + " needs a backup instance of its own: name it and the cluster in the inventory");
    facts.put(ClusterFacts.OLD_SEEN, Boolean.toString(old.isPresent()));
    return Look.alreadySo(facts);
  }

  private void refuseIncomplete(ActionContext context, String name)
      throws ActionFailure, InterruptedException {
    List<String> missing = new ArrayList<>();
    try (ClusterSession session = target.restored(context)) {
      ClusterContents contents = new ClusterContents(session);
      for (Workload each : target.workloads()) {
        if (contents.workload(each).isEmpty()) {
          missing.add(each.toString());
        }
      }
    }
    if (!missing.isEmpty()) {
      throw refused(
          "the cluster " + name + " has lost " + String.join(", ", missing),
          "See who deleted it since the restore.");
    }
  }

  private void refuseUnclearRecord(Cluster.Address address)
      throws ActionFailure, InterruptedException {
    RecordSwitch record = new RecordSwitch(target.azure(), address.dns());
    List<String> values = record.values(SwitchAddress.ANY).orElse(List.of());
    if (values.size() != 1) {
      throw refused(
          "the A record "
              + address.dns().fullName()
              + " names "
              + (values.isEmpty() ? "nothing, or is not there" : String.join(", ", values))
              + ", and only one with one address is changed by itself",
          "Correct 'cluster.address.dns' of the inventory, or take 'address' out and lead customers"
              + " by hand.");
    }
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
