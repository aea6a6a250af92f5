package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Rival;
import io.arbitex.recovery.executors.kubernetes.RivalPause;
import io.arbitex.recovery.executors.kubernetes.ScaleRivals;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who would start the writers again while they are stopped is paused. Who they are is in the
 * journal before the first one is, so that each is released again, also after a failure.
 */
public final class PauseRivals extends WriterAction {
  private final Kept kept;
  private final boolean onlyLeft;

  /** An object beside the workloads that nobody may make anew meanwhile. */
  @FunctionalInterface
  public interface Kept {
    Optional<? extends HasMetadata> find(ClusterSession session)
        throws ActionFailure, InterruptedException;
  }

  public PauseRivals(Writers writers, Kept kept) {
    this(writers, kept, "pause-rivals", "pause whoever would scale the workloads up again", false);
  }

  private PauseRivals(Writers writers, Kept kept, String name, String intention, boolean onlyLeft) {
    super(writers, name, intention, true, Duration.ofMinutes(3));
    this.kept = kept;
    this.onlyLeft = onlyLeft;
  }

  /** Takes over those that an earlier attempt has paused and could not let go on; no others. */
  public static PauseRivals takingOver(Writers writers, Kept kept) {
    return new PauseRivals(
        writers,
        kept,
        "take-over-rivals",
        "take over the pauses that an earlier attempt left",
        true);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Rival rival : rivals(session)) {
      if (!new RivalPause(session, rival).isPaused(context)) {
        return Look.notYet(rival + " is not paused");
      }
    }
    return Look.alreadySo(Map.of(WriterFacts.RIVALS, context.fact(WriterFacts.RIVALS).orElse("")));
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    // One that an earlier try has paused must be released, whether it is a rival now or not.
    Set<Rival> now = rivals(session);
    Set<Rival> all = new LinkedHashSet<>(WriterFacts.rivals(context));
    all.addAll(now);
    context.remember(WriterFacts.RIVALS, String.join(",", names(all)));
    for (Rival rival : now) {
      new RivalPause(session, rival).pause(context);
    }
    context.progress("paused: " + names(now));
  }

  private Set<Rival> rivals(ClusterSession session) throws ActionFailure, InterruptedException {
    Set<Rival> rivals = new LinkedHashSet<>();
    for (Writer writer : writers.in(session)) {
      rivals.addAll(new ScaleRivals(session).pausable(writer.object().read()));
    }
    Optional<? extends HasMetadata> object = kept.find(session);
    if (object.isPresent()) {
      rivals.addAll(new ScaleRivals(session).pausable(object.get()));
    }
    if (onlyLeft) {
      Set<Rival> left = new LinkedHashSet<>();
      for (Rival each : rivals) {
        if (new RivalPause(session, each).isOfRecovery()) {
          left.add(each);
        }
      }
      return left;
    }
    return rivals;
  }

  private static List<String> names(Set<Rival> rivals) {
    return rivals.stream().map(Rival::toString).toList();
  }
}
