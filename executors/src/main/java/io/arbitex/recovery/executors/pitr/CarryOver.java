package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.FlexibleServers;
import io.arbitex.recovery.executors.azure.FlexibleServers.FirewallRule;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What Azure does not carry over, or contradicts itself about: parameters and firewall rules are
 * compared with the source, and what differs is applied. Rules that the new server has beside are
 * left: nothing is closed here.
 */
final class CarryOver extends BoundAction {
  private final PitrSource source;

  CarryOver(PitrSource source) {
    super(
        "carry-over",
        "give the new server the source's firewall rules and parameters",
        true,
        Duration.ofMinutes(30),
        RetryPolicy.upTo(10, Duration.ofMillis(500), Duration.ofSeconds(15)));
    this.source = source;
  }

  /** What the new server lacks. */
  private record Missing(
      Map<String, FirewallRule> rules, Map<String, String> parameters, List<String> pending) {

    boolean nothing() {
      return rules.isEmpty() && parameters.isEmpty() && pending.isEmpty();
    }

    @Override
    public String toString() {
      return "firewall rules "
          + rules.keySet()
          + ", parameters "
          + parameters.keySet()
          + (pending.isEmpty() ? "" : ", a restart for " + pending);
    }
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Missing missing = missing(context, source.azure().open(context));
    return missing.nothing()
        ? Look.alreadySo(
            Map.of(PitrFacts.CARRIED_OVER, context.fact(PitrFacts.CARRIED_OVER).orElse("nothing")))
        : Look.notYet("the new server lacks: " + missing);
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FlexibleServers servers = source.azure().open(context);
    String target = context.required(RestoreFacts.SERVER);
    Missing missing = missing(context, servers);
    if (context.fact(PitrFacts.CARRIED_OVER).isEmpty()) {
      context.remember(PitrFacts.CARRIED_OVER, missing.toString());
    }
    context.progress("the new server lacks: " + missing);
    for (FirewallRule rule : missing.rules().values()) {
      end(context, servers, servers.beginFirewallRule(target, rule), "open " + target);
    }
    List<String> refused = new ArrayList<>();
    for (Map.Entry<String, String> each : missing.parameters().entrySet()) {
      try {
        end(
            context,
            servers,
            servers.beginParameter(target, each.getKey(), each.getValue()),
            "set " + each.getKey() + " of " + target);
      } catch (ActionFailure e) {
        if (e.retryable() || e.code() != FailureCode.TOOL_FAILED) {
          throw e;
        }
        refused.add(each.getKey());
        context.progress("left as it is, set it by hand: " + e.getMessage());
      }
    }
    boolean pending = !servers.pendingRestart(target).isEmpty();
    if (pending) {
      end(context, servers, servers.beginRestart(target), "restart " + target);
      refused.addAll(servers.pendingRestart(target));
    }
    if (!refused.isEmpty()) {
      context.remember(PitrFacts.NOT_CARRIED_OVER, String.join(",", refused));
    }
  }

  private static void end(
      ActionContext context, FlexibleServers servers, Optional<String> operation, String doing)
      throws ActionFailure, InterruptedException {
    OperationWait.end(context, servers, operation, doing);
  }

  private static Missing missing(ActionContext context, FlexibleServers servers)
      throws ActionFailure, InterruptedException {
    String from = context.required(PitrFacts.SOURCE_SERVER);
    String target = context.required(RestoreFacts.SERVER);
    Map<String, FirewallRule> rules = new TreeMap<>(servers.firewallRules(from));
    rules.entrySet().removeAll(servers.firewallRules(target).entrySet());
    Map<String, String> parameters = new TreeMap<>(servers.parameters(from));
    parameters.entrySet().removeAll(servers.parameters(target).entrySet());
    List<String> pending = new ArrayList<>(servers.pendingRestart(target));
    // What Azure would not take is told, and is no reason to throw the restored data away.
    List<String> refused =
        List.of(context.fact(PitrFacts.NOT_CARRIED_OVER).orElse("").split(",", -1));
    parameters.keySet().removeAll(refused);
    pending.removeAll(refused);
    return new Missing(rules, parameters, pending);
  }
}
