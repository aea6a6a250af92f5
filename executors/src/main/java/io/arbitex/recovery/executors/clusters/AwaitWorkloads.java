package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.LaterStores;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The platform runs in the restored cluster before customers are led to it: every workload that the
 * inventory names is rolled out but what waits for claims that later steps restore, and the Service
 * of the address has one. While a database of the incident is still to be recovered, readiness is
 * told and not asked for, since it comes with the database; but all pods are there, and no
 * container is kept from its start.
 */
final class AwaitWorkloads extends ClusterAction {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  AwaitWorkloads(ClusterTarget target) {
    super(
        target,
        "await-workloads",
        "wait until the platform runs in the restored cluster",
        false,
        target.rollout().plusMinutes(1));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    boolean storesWait = LaterStores.of(context).isPresent();
    try (ClusterSession session = target.restored(context)) {
      ClusterContents contents = new ClusterContents(session);
      OldCluster old = new OldCluster(context);
      Optional<String> lack =
          Patience.await(context, target.rollout(), () -> lack(old, contents, storesWait));
      if (lack.isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.PROOF_FAILED,
            "the platform does not run in the restored cluster: " + lack.get(),
            "See its pods and events there; what they lack may lack in the backup or the chart.");
      }
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put(LaterStores.UNREADY, joined(unready(contents)));
      Optional<Cluster.Address> address = target.cluster().address();
      if (address.isPresent()) {
        facts.put(
            ClusterFacts.ADDRESS,
            contents.address(address.get().namespace(), address.get().service()).orElseThrow());
      }
      return Look.alreadySo(facts);
    }
  }

  /** Asked now and then: Azure counts how often it is asked. */
  private final class OldCluster {
    private final ActionContext context;
    private long next = System.nanoTime();

    OldCluster(ActionContext context) {
      this.context = context;
    }

    void refuseIfStarted() throws ActionFailure, InterruptedException {
      if (System.nanoTime() - next >= 0) {
        next = System.nanoTime() + BETWEEN_LOOKS.toNanos();
        new SourceCluster(target).refuseIfStarted(context);
      }
    }
  }

  private Optional<String> lack(OldCluster old, ClusterContents contents, boolean storesWait)
      throws ActionFailure, InterruptedException {
    try {
      old.refuseIfStarted();
      List<String> lacks = new ArrayList<>();
      Optional<Cluster.Address> address = target.cluster().address();
      if (address.isPresent()
          && contents.address(address.get().namespace(), address.get().service()).isEmpty()) {
        lacks.add("the Service " + address.get().service() + " has no address yet");
      }
      List<Workload> late = storesWait ? unmade(contents) : unready(contents);
      if (!late.isEmpty()) {
        lacks.add((storesWait ? "without its pods: " : "not rolled out: ") + joined(late));
      }
      List<String> stuck = contents.thatCannotStart(found(contents));
      if (!stuck.isEmpty()) {
        lacks.add("cannot start: " + String.join(", ", stuck));
      }
      return lacks.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", lacks));
    } catch (ActionFailure e) {
      if (!e.retryable()) {
        throw e;
      }
      return Optional.of(e.getMessage());
    }
  }

  /** Those that are not rolled out, though no step is to restore a claim of theirs. */
  private List<Workload> unready(ClusterContents contents)
      throws ActionFailure, InterruptedException {
    List<Workload> unready = new ArrayList<>();
    for (Workload each : target.workloads()) {
      Optional<ClusterContents.Found> found = contents.workload(each);
      if (found.filter(ClusterContents.Found::rolledOut).isEmpty()
          && !ProveCluster.waitsForClaims(target, contents, found)) {
        unready.add(each);
      }
    }
    return unready;
  }

  private List<ClusterContents.Found> found(ClusterContents contents)
      throws ActionFailure, InterruptedException {
    List<ClusterContents.Found> all = new ArrayList<>();
    for (Workload each : target.workloads()) {
      contents.workload(each).ifPresent(all::add);
    }
    return all;
  }

  /** Those whose pods were not made. */
  private List<Workload> unmade(ClusterContents contents)
      throws ActionFailure, InterruptedException {
    List<Workload> unmade = new ArrayList<>();
    for (Workload each : target.workloads()) {
      Optional<ClusterContents.Found> found = contents.workload(each);
      if (found.filter(ClusterContents.Found::made).isEmpty()
          && !ProveCluster.waitsForClaims(target, contents, found)) {
        unmade.add(each);
      }
    }
    return unmade;
  }

  private static String joined(List<Workload> workloads) {
    return workloads.stream().map(Workload::toString).collect(Collectors.joining(", "));
  }
}
