package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import java.time.Duration;
import java.util.Optional;

/** The rollouts are complete: as many new pods are ready as are wanted, and no old one is left. */
public final class AwaitWriters extends WriterAction {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  public AwaitWriters(Writers writers) {
    super(
        writers,
        "await-writers",
        "wait until the writers' rollouts are complete",
        false,
        Duration.ofMinutes(15));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<String> missing =
        Patience.await(
            context,
            PATIENCE,
            () -> {
              for (Writer writer : writers.in(session)) {
                var read = writer.object().read();
                int before =
                    WriterFacts.counts(context).map(all -> all.of(writer.name())).orElse(0);
                if (before > 0 && writer.wanted(read) == 0) {
                  return Optional.of("somebody scaled " + writer.name() + " to 0");
                }
                Optional<String> unfinished = writer.unfinished(read);
                if (unfinished.isPresent()) {
                  return unfinished;
                }
              }
              return Optional.empty();
            });
    return missing.isEmpty() ? Look.alreadySo() : Look.notYet(missing.get());
  }
}
