package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.RecordSwitch;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;

/**
 * Customers are led to the restored cluster: the record names its address. Point of no return: from
 * here on they write there.
 */
final class SwitchAddress extends ClusterAction {
  /** Any address: it only says which type of record is meant. */
  static final String ANY = "0.0.0.0";

  private final RecordSwitch record;
  private final String name;

  SwitchAddress(ClusterTarget target, Cluster.Address address) {
    super(
        target,
        "switch-address",
        "let " + address.dns().fullName() + " name the restored cluster",
        true,
        Duration.ofMinutes(5));
    record = new RecordSwitch(target.azure(), address.dns());
    name = address.dns().fullName();
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    String address = context.required(ClusterFacts.ADDRESS);
    if (record.isAt(address)) {
      return Look.alreadySo(Map.of(ClusterFacts.DNS, name + " names " + address));
    }
    // Before the intent: after it nothing is undone any more.
    new SourceCluster(target).refuseIfStarted(context);
    return Look.notYet(name + " does not name " + address);
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    String address = context.required(ClusterFacts.ADDRESS);
    ClusterTarget.refuseUnlessAllowed(context);
    String told = record.change(context, address);
    context.progress("DNS: " + told);
    if (!record.isAt(address)) {
      throw ActionFailure.permanent(
          FailureCode.TOOL_FAILED,
          "customers are not led to the restored cluster, which runs: " + told,
          "Let " + name + " name " + address + " by hand, then `dr retry`.");
    }
  }
}
