package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.AccessRights;
import io.arbitex.recovery.executors.kubernetes.AccessRights.Right;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ScaleRivals;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Preflight: the writers are there, we may scale them, and nobody else would start them. */
public final class CheckWriters extends WriterAction {
  private final boolean rivalsArePaused;

  public CheckWriters(Writers writers) {
    this(writers, false);
  }

  /**
   * @param rivalsArePaused whether those who would start them are paused later on, not refused
   */
  public CheckWriters(Writers writers, boolean rivalsArePaused) {
    super(
        writers,
        "check-writers",
        "check the cluster and the workloads that write",
        false,
        Duration.ofMinutes(3));
    this.rivalsArePaused = rivalsArePaused;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    new AccessRights(session, List.copyOf(needed())).refuseIfMissing();
    for (Writer writer : writers.in(session)) {
      var read = writer.object().read();
      Writer.noted(read);
      Optional<String> unfit = writer.unfit(read);
      if (unfit.isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.PREFLIGHT,
            writer.name() + " " + unfit.get(),
            "Mend that, then retry; nothing was touched.");
      }
      if (rivalsArePaused) {
        List<Right> toPause =
            new ScaleRivals(session).pausable(read).stream().map(Right::toPause).toList();
        new AccessRights(session, toPause).refuseIfMissing();
      } else {
        new ScaleRivals(session).refuseAtZero(read);
      }
    }
    return Look.alreadySo();
  }

  private Set<Right> needed() {
    Set<Right> needed = new LinkedHashSet<>();
    for (Workload each : writers.workloads()) {
      needed.add(Right.to("get", Writer.kind(each), each.name()));
      needed.add(Right.to("patch", Writer.kind(each), each.name()));
    }
    needed.add(new Right("list", "", "pods", ""));
    if (writers.workloads().stream().anyMatch(each -> each.kind() == Workload.Kind.CRONJOB)) {
      needed.add(new Right("list", "batch", "jobs", ""));
    }
    return needed;
  }
}
