package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Cluster.VaultSecret;
import io.arbitex.recovery.configuration.ConnectionSecret;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Proof by the contents, since a restore with nothing in it can end as Completed (Velero #3407):
 * every workload that the inventory names is there and is told to run, every key of the secrets and
 * the Service of the address are there, and nothing runs yet. What waits for claims that other
 * steps restore is told. That it runs is proven in the cutover, before customers come.
 */
final class ProveCluster extends ClusterAction {
  private final String hint;

  /**
   * @param hint what a person does when it is not the platform
   */
  ProveCluster(ClusterTarget target, String hint) {
    super(
        target,
        "prove-contents",
        "count what is in the cluster against what has to be",
        false,
        Duration.ofMinutes(5));
    this.hint = hint;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      ClusterContents contents = new ClusterContents(session);
      Map<String, Integer> counts = contents.counts();
      List<String> wrong = new ArrayList<>();
      if (counts.get("Deployment") + counts.get("StatefulSet") + counts.get("CronJob") == 0) {
        wrong.add("there is no workload at all");
      }
      Set<Workload> waiting = new LinkedHashSet<>();
      for (Workload each : target.workloads()) {
        look(contents, each, wrong, waiting);
      }
      secrets(contents, wrong);
      Optional<Cluster.Address> address = target.cluster().address();
      if (address.isPresent()
          && !contents.hasService(address.get().namespace(), address.get().service())) {
        wrong.add(
            "there is no Service "
                + address.get().namespace()
                + "/"
                + address.get().service()
                + " by which customers would find it");
      }
      if (!Hold.isOn(session)) {
        wrong.add("its namespace is not held any more, so the platform may run beside the old one");
      }
      long nodes = ClusterContents.readyNodes(session);
      if (nodes < target.cluster().nodes()) {
        wrong.add(nodes + " of " + target.cluster().nodes() + " nodes are ready");
      }
      if (!wrong.isEmpty()) {
        throw unproven(context, String.join("; ", wrong));
      }
      return Look.alreadySo(facts(counts, waiting, nodes));
    }
  }

  private void look(
      ClusterContents contents, Workload workload, List<String> wrong, Set<Workload> waiting)
      throws ActionFailure, InterruptedException {
    Optional<ClusterContents.Found> found = contents.workload(workload);
    if (found.isEmpty()) {
      wrong.add("there is no " + workload);
      return;
    }
    if (found.get().replicas() < 1) {
      wrong.add(workload + " is told to have 0 replicas");
    }
    if (waitsForClaims(target, contents, found)) {
      waiting.add(workload);
    }
    for (String claim : found.get().claims()) {
      if (!target.claims().contains(claim) && contents.claim(claim).isEmpty()) {
        wrong.add(workload + " needs the claim " + claim + ", which no step restores");
      }
    }
  }

  /** Whether a workload needs a claim that another step is still to restore. */
  static boolean waitsForClaims(
      ClusterTarget target, ClusterContents contents, Optional<ClusterContents.Found> workload)
      throws ActionFailure, InterruptedException {
    if (workload.isEmpty()) {
      return false;
    }
    Set<String> all = new LinkedHashSet<>(workload.get().claims());
    all.addAll(workload.get().own());
    all.retainAll(target.claims());
    for (String claim : all) {
      if (!contents.claim(claim).equals(Optional.of("Bound"))) {
        return true;
      }
    }
    return false;
  }

  private void secrets(ClusterContents contents, List<String> wrong)
      throws ActionFailure, InterruptedException {
    Map<String, Set<String>> needed = new LinkedHashMap<>();
    for (VaultSecret each : target.cluster().secrets()) {
      needed
          .computeIfAbsent(each.name(), name -> new LinkedHashSet<>())
          .addAll(each.keys().keySet());
    }
    target.platform().components().stream()
        .flatMap(each -> each.postgresql().stream())
        .map(Inventory.Postgresql::connectionSecret)
        .filter(ConnectionSecret.InCluster.class::isInstance)
        .map(ConnectionSecret.InCluster.class::cast)
        .forEach(
            it -> needed.computeIfAbsent(it.secret(), name -> new LinkedHashSet<>()).add(it.key()));
    for (Map.Entry<String, Set<String>> each : needed.entrySet()) {
      Set<String> missing = new LinkedHashSet<>(each.getValue());
      missing.removeAll(contents.keys(each.getKey()).orElse(Set.of()));
      if (!missing.isEmpty()) {
        wrong.add("the Secret " + each.getKey() + " has no " + String.join(", ", missing));
      }
    }
  }

  private ActionFailure unproven(ActionContext context, String why) {
    return ActionFailure.permanent(
        FailureCode.PROOF_FAILED,
        "what is in "
            + target.name(context)
            + " is not the platform: "
            + why
            + context
                .fact(ClusterFacts.WARNINGS)
                .filter(warnings -> !warnings.isEmpty())
                .map(warnings -> "; the vault warned: " + warnings)
                .orElse(""),
        hint);
  }

  private static Map<String, String> facts(
      Map<String, Integer> counts, Set<Workload> waiting, long nodes) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        ClusterFacts.OBJECTS,
        counts.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(",")));
    facts.put(
        ClusterFacts.WAITING,
        waiting.stream().map(Workload::toString).collect(Collectors.joining(",")));
    facts.put(ClusterFacts.NODES, Long.toString(nodes));
    return facts;
  }
}
