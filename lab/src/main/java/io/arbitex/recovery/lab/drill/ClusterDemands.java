package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabClusters;
import io.arbitex.recovery.lab.world.LabVolumes;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.Severity;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What is demanded whenever a managed cluster is lost: a page at P0, one new cluster that customers
 * are led to, and nothing left that runs in the old one.
 */
final class ClusterDemands {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final int EVENTS = 100;

  /** Of the lab's messages: where pages go. */
  private static final String PAGER = "on-call";

  private final Lab lab;
  private final LabClusters clusters;
  private final List<String> clustersBefore;
  private final List<String> addressesBefore;

  /** To be made before the loss: it keeps what was there. */
  ClusterDemands(Lab lab) throws IOException, InterruptedException {
    this.lab = lab;
    this.clusters = lab.clusters();
    this.clustersBefore = clusters.names();
    this.addressesBefore = clusters.addresses();
  }

  /** Until the public health is confirmed to be down too, the loss is a P2 that is only told. */
  static boolean isEnd(IncidentEvent event) {
    boolean early = event.getKind() == IncidentKind.ESCALATED && event.getSeverity() == Severity.P2;
    return Watcher.isEnd(event) && !early;
  }

  void page(IncidentRecords records, Instant brokenAt, List<String> failures)
      throws IOException, InterruptedException {
    Demand.that(
        failures,
        "it is a P0",
        records.events().stream().anyMatch(event -> event.getSeverity() == Severity.P0),
        records.events().stream().map(IncidentEvent::getSeverity).distinct().toList().toString());
    List<String> pages =
        lab.network().messages().stream()
            .filter(message -> message.channel().equals(PAGER))
            .filter(message -> Instant.parse(message.receivedAt()).isAfter(brokenAt))
            .filter(message -> message.body().path("event_action").asText().equals("trigger"))
            .map(message -> message.body().at("/payload/summary").asText())
            .toList();
    Demand.that(failures, "somebody is paged", !pages.isEmpty(), "no page");
  }

  /** Another cluster has taken the place of the lost one, and customers are served there. */
  void successor(IncidentRecords records, String procedure, List<String> failures)
      throws IOException, InterruptedException {
    procedures(records, procedure, failures);
    clusters(failures);
    address(failures);
    service(failures);
  }

  private static void procedures(IncidentRecords records, String procedure, List<String> failures) {
    List<String> done =
        Summary.of("", records).steps().stream()
            .filter(step -> step.state().equals("DONE"))
            .map(Summary.StepRow::procedure)
            .toList();
    Demand.that(
        failures,
        "another cluster took its place, made by " + procedure,
        done.containsAll(List.of(procedure, "cutover.cluster")),
        done.toString());
  }

  private void clusters(List<String> failures) throws IOException, InterruptedException {
    String power = clusters.power(LabClusters.first());
    Demand.that(failures, "the old cluster is stopped in Azure", power.equals("Stopped"), power);
    Demand.that(
        failures,
        "nothing of the old cluster lives",
        !clusters.isAlive(LabClusters.first()),
        "something does");
    List<String> made = made();
    Demand.that(failures, "one cluster was made", made.size() == 1, made.toString());
  }

  private List<String> made() throws IOException, InterruptedException {
    return clusters.names().stream().filter(name -> !clustersBefore.contains(name)).toList();
  }

  /** The database that the platform uses in the new cluster. */
  DatabaseAddress database() throws IOException, InterruptedException {
    return lab.platformDatabase(made().get(0));
  }

  /** What a drill left on the usual volume is on the one of the new cluster. */
  void mark(String name, String mark, List<String> failures)
      throws IOException, InterruptedException {
    List<String> lines = lab.volumes(made().get(0)).lines(LabVolumes.claim(VolumeLost.USUAL), name);
    Demand.that(
        failures,
        "the volume is as its restore point has it",
        lines.equals(List.of(mark)),
        "the mark on it is " + lines);
  }

  private void address(List<String> failures) throws IOException, InterruptedException {
    List<String> addresses = clusters.addresses();
    Demand.that(
        failures,
        "the record names one new address",
        addresses.size() == 1 && !addressesBefore.contains(addresses.get(0)),
        addresses.toString());
    String old = addressesBefore.get(0);
    Demand.that(
        failures,
        "the record remembers the old address " + old,
        clusters.notes().values().stream().anyMatch(note -> note.contains(old)),
        clusters.notes().toString());
  }

  private void service(List<String> failures) throws IOException, InterruptedException {
    Demand.that(
        failures,
        "events are acknowledged, through the public address",
        Calm.moreTraffic(lab, EVENTS, READY),
        "no event");
    if (lab.requireState().cluster().redis() != null) {
      Demand.that(
          failures,
          "users log in, through the public address",
          SessionCalm.moreLogins(lab, 5, READY),
          "no login");
    }
  }
}
