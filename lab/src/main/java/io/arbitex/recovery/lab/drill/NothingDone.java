package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.lab.network.NetworkControl;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Worker;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** What is demanded where nothing may be done: no command but those that tell, and no page. */
final class NothingDone {
  private NothingDone() {}

  /**
   * Demands it.
   *
   * @param since what came before does not count
   */
  static void demand(Lab lab, Watcher watcher, Instant since, List<String> failures)
      throws IOException, InterruptedException {
    List<String> commands =
        watcher.records().stream()
            .filter(StepCommand.class::isInstance)
            .map(StepCommand.class::cast)
            .filter(command -> !command.getIssuedAt().isBefore(since))
            .filter(command -> !command.getWorker().equals(Worker.NOTIFY.id()))
            .map(StepCommand::getProcedure)
            .toList();
    Demand.that(failures, "nothing is done", commands.isEmpty(), commands.toString());
    List<String> pages =
        lab.network().messages().stream()
            .filter(message -> message.channel().equals("on-call"))
            .filter(message -> saidAt(message).isAfter(since))
            .map(message -> message.body().at("/payload/summary").asText())
            .toList();
    Demand.that(failures, "nobody is paged", pages.isEmpty(), pages.toString());
  }

  /** A page may come a while after what it is about. */
  private static Instant saidAt(NetworkControl.Message message) {
    String about = message.body().at("/payload/timestamp").asText();
    return Instant.parse(about.isEmpty() ? message.receivedAt() : about);
  }

  /** Demands that an incident is one for Slack and the next business day, from its first event. */
  static void demandP2(List<IncidentEvent> events, List<String> failures) {
    List<Severity> severities = events.stream().map(IncidentEvent::getSeverity).distinct().toList();
    Demand.that(
        failures,
        "it is a P2 all the time",
        severities.equals(List.of(Severity.P2)),
        severities.toString());
  }
}
