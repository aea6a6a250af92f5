package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Rival;
import io.arbitex.recovery.executors.kubernetes.RivalPause;
import io.arbitex.recovery.executors.kubernetes.ScaleRivals;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who would start the writers again while they are stopped is paused. Who they are is in the
 * journal before the first one is, so that each is released again, also after a failure.
 */
public final class PauseRivals extends WriterAction {
  public PauseRivals(Writers writers) {
    super(
        writers,
        "pause-rivals",
        "pause whoever would scale the workloads up again",
        true,
        Duration.ofMinutes(3));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Rival rival : rivals(session)) {
      if (!new RivalPause(session, rival).isPaused()) {
        return Look.notYet(rival + " is not paused");
      }
    }
    return Look.alreadySo(Map.of(WriterFacts.RIVALS, context.fact(WriterFacts.RIVALS).orElse("")));
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    // An earlier try may have paused some, which are no rivals now and must be released all the
    // same.
    Set<Rival> rivals = new LinkedHashSet<>(WriterFacts.rivals(context));
    rivals.addAll(rivals(session));
    context.remember(WriterFacts.RIVALS, String.join(",", names(rivals)));
    for (Rival rival : rivals) {
      new RivalPause(session, rival).pause(context);
    }
    context.progress("paused: " + names(rivals));
  }

  private Set<Rival> rivals(ClusterSession session) throws ActionFailure, InterruptedException {
    Set<Rival> rivals = new LinkedHashSet<>();
    for (Writer writer : writers.in(session)) {
      rivals.addAll(new ScaleRivals(session).pausable(writer.object().read()));
    }
    return rivals;
  }

  private static List<String> names(Set<Rival> rivals) {
    return rivals.stream().map(Rival::toString).toList();
  }
}
