package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.LaterStores;
import io.arbitex.recovery.executors.kubernetes.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rollouts are complete: as many new pods are ready as are wanted, and no old one is left.
 * While there are {@link LaterStores}, the new pods are made.
 */
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
    Optional<String> others = LaterStores.of(context);
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
                Optional<String> lack =
                    others.isPresent() ? writer.unmade(read) : writer.unfinished(read);
                if (lack.isPresent()) {
                  return lack;
                }
              }
              return Optional.empty();
            });
    if (missing.isPresent()) {
      return Look.notYet(missing.get());
    }
    if (others.isEmpty()) {
      return Look.alreadySo();
    }
    String unready = unready(session, others.get());
    if (!unready.isEmpty()) {
      context.progress(unready);
    }
    return Look.alreadySo(Map.of(LaterStores.UNREADY, unready));
  }

  private String unready(ClusterSession session, String others)
      throws ActionFailure, InterruptedException {
    List<String> unready = new ArrayList<>();
    for (Writer writer : writers.in(session)) {
      writer.unfinished(writer.object().read()).ifPresent(unready::add);
    }
    return unready.isEmpty()
        ? ""
        : String.join(", ", unready) + "; not waited for while " + others + " is to be recovered";
  }
}
