package io.arbitex.recovery.console;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.console.feed.RecordFeed;
import io.arbitex.recovery.console.report.Lines;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.decider.Replay;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the decision log again. */
@Command(
    name = "replay",
    description = {
      "Runs the decision log again, with nothing but the log.",
      "Without --policy every decision must come out identical, byte for byte (else exit status 1).",
      "With --policy it shows what that policy would have decided on the same inputs."
    })
final class ReplayCommand implements Callable<Integer> {
  @Mixin private ConsoleSettings settings;

  @Option(names = "--policy", paramLabel = "FILE", description = "Another runbook.yaml.")
  private Path policy;

  @Override
  public Integer call() throws Exception {
    Optional<Policy> other = policy == null ? Optional.empty() : Optional.of(Policy.read(policy));
    KafkaClients clients = settings.clients(settings.read());
    Framing framing = new SchemaTopic(clients).framing();
    Map<String, List<Decision>> byPlatform = new TreeMap<>();
    try (RecordFeed feed = new RecordFeed(clients, framing, List.of(Topic.DECISIONS))) {
      feed.toEnd(
          (record, value) -> {
            if (value instanceof Decision decision) {
              byPlatform
                  .computeIfAbsent(decision.getPlatform(), any -> new ArrayList<>())
                  .add(decision);
            }
          });
    }
    int different = 0;
    for (Map.Entry<String, List<Decision>> each : byPlatform.entrySet()) {
      different += replay(each.getKey(), each.getValue(), framing, other);
    }
    return other.isEmpty() && different > 0 ? 1 : 0;
  }

  /** Another version may rightly decide otherwise. */
  private static String version(Decision decision) {
    return decision.getDeciderVersion().equals(Decider.VERSION)
        ? ""
        : " (by version %s of the decider, this is %s)"
            .formatted(decision.getDeciderVersion(), Decider.VERSION);
  }

  private static int replay(
      String platform, List<Decision> log, Framing framing, Optional<Policy> other)
      throws Exception {
    Replay replay = new Replay(framing, other);
    Lines lines = new Lines();
    int run = 0;
    int different = 0;
    for (Decision decision : log) {
      Optional<Replay.Step> step = replay.next(decision);
      if (step.isEmpty()) {
        continue;
      }
      run++;
      if (!step.get().identical()) {
        different++;
        if (other.isEmpty()) {
          System.out.println(
              "different: " + decision.getId() + " at " + decision.getNow() + version(decision));
        }
      }
      if (other.isPresent()) {
        for (Output output : step.get().outputs()) {
          if (output.value() instanceof IncidentEvent event) {
            lines.of(event).ifPresent(System.out::println);
          }
        }
      }
    }
    System.out.printf(
        "%s: %d of %d decisions replayed, %d identical, %d different%n",
        platform, run, log.size(), run - different, different);
    return different;
  }
}
