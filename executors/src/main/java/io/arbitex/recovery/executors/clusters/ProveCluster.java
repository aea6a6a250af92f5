package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster.VaultSecret;
import io.arbitex.recovery.configuration.ConnectionSecret;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
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
 * every workload that the inventory names is there and is told to run, every key of the secrets is
 * there, and all is rolled out but what waits for claims that other steps restore, which is told.
 */
final class ProveCluster extends ClusterAction {
  private static final Duration ROLLOUT = Duration.ofMinutes(10);

  ProveCluster(ClusterTarget target) {
    super(
        target,
        "prove-contents",
        "count what is in the cluster against what has to be",
        false,
        ROLLOUT.plusMinutes(5));
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
      long nodes = ClusterContents.readyNodes(session);
      if (nodes < target.cluster().nodes()) {
        wrong.add(nodes + " of " + target.cluster().nodes() + " nodes are ready");
      }
      if (!wrong.isEmpty()) {
        throw unproven(context, String.join("; ", wrong));
      }
      rolledOut(context, contents, waiting);
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
      wrong.add(workload + " was backed up with 0 replicas");
    }
    Set<String> all = new LinkedHashSet<>(found.get().claims());
    all.addAll(found.get().own());
    for (String claim : all) {
      Optional<String> phase = contents.claim(claim);
      if (target.claims().contains(claim)) {
        if (!phase.equals(Optional.of("Bound"))) {
          waiting.add(workload);
        }
      } else if (phase.isEmpty() && found.get().claims().contains(claim)) {
        wrong.add(workload + " needs the claim " + claim + ", which no step restores");
      }
    }
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

  private void rolledOut(ActionContext context, ClusterContents contents, Set<Workload> waiting)
      throws ActionFailure, InterruptedException {
    List<Workload> due =
        target.workloads().stream().filter(each -> !waiting.contains(each)).toList();
    Optional<String> lack =
        Patience.await(
            context,
            ROLLOUT,
            () -> {
              List<String> late = new ArrayList<>();
              for (Workload each : due) {
                if (contents.workload(each).filter(ClusterContents.Found::rolledOut).isEmpty()) {
                  late.add(each.toString());
                }
              }
              return late.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", late));
            });
    if (lack.isPresent()) {
      throw unproven(
          context, "not rolled out, though no step is to restore a claim of it: " + lack.get());
    }
  }

  private ActionFailure unproven(ActionContext context, String why) {
    return ActionFailure.permanent(
        FailureCode.PROOF_FAILED,
        "what was restored into "
            + target.name(context)
            + " is not the platform: "
            + why
            + context
                .fact(ClusterFacts.WARNINGS)
                .filter(warnings -> !warnings.isEmpty())
                .map(warnings -> "; the vault warned: " + warnings)
                .orElse(""),
        "See what the backup instance takes (namespaces, resource types); an older recovery point"
            + " is tried.");
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
