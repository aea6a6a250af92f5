package io.arbitex.recovery.detector.clusters;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.network.NoAnswer;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a cluster's state means. It is down when its API cannot be used at all, or when it has not
 * one node on which a pod could run. Whatever else is wrong leaves it serving, and another cluster
 * would not mend it: wrong credentials, a certificate, too many requests, a node short.
 */
final class ClusterJudge {
  /** More names than a person reads in a page. */
  private static final int MOST_NAMES = 5;

  private final int nodes;
  private final Duration slow;

  /**
   * @param nodes that must be ready, from 1
   * @param slow an API that takes longer is degraded
   */
  ClusterJudge(int nodes, Duration slow) {
    this.nodes = nodes;
    this.slow = slow;
  }

  /** Something that is wrong while the API answers. */
  private record Fault(Symptom symptom, String text) {}

  Observation judge(ClusterView view, Instant at) {
    Answer ready = view.ready();
    if (ready.none().isPresent()) {
      return unanswered(ready.none().get(), at);
    }
    if (ready.isOk()) {
      return ready.body().strip().equals("ok")
          ? answering(view, at)
          : Observation.unknown("/readyz says 200, but not ok: is it an API server?", at);
    }
    List<String> failed = failedChecks(ready);
    if (!failed.isEmpty()) {
      return degraded(
          new Fault(Symptom.UNCLASSIFIED, "the API answers, but is not ready: " + named(failed)),
          at);
    }
    if (isRefusal(ready)) {
      return degraded(refused("/readyz", ready), at);
    }
    return ready.status() >= 500
        ? down("the API does not serve: HTTP " + ready.status(), at)
        : Observation.unknown("/readyz says HTTP " + ready.status() + ": is it an API server?", at);
  }

  private static Observation unanswered(NoAnswer why, Instant at) {
    String text = "the API server does not answer, " + why.text();
    return switch (why.kind()) {
      case NO_NAME, NO_CONNECTION, NO_HANDSHAKE, TOO_LATE, BROKEN_OFF -> down(text, at);
      case CERTIFICATE -> degraded(new Fault(Symptom.CERTIFICATE, text), at);
      case UNCLEAR -> Observation.unknown(text, at);
    };
  }

  /** The lines that the API server marks: {@code [-]etcd failed: reason withheld}. */
  private static List<String> failedChecks(Answer ready) {
    return ready
        .body()
        .lines()
        .filter(line -> line.startsWith("[-]"))
        .map(line -> line.substring(3).split(" ", 2)[0])
        .toList();
  }

  private Observation answering(ClusterView view, Instant at) {
    List<String> unready =
        view.nodes().stream().filter(node -> !node.ready()).map(NodeView::name).toList();
    int ready = view.nodes().size() - unready.size();
    if (view.nodesAsked().isOk() && ready == 0) {
      // No pod can run, none that ran is known to live, and nothing can be mended inside of it. A
      // restore waits for the public health to be down as well.
      return down("the API answers, but none of " + view.nodes().size() + " nodes is ready", at);
    }
    for (Answer asked : List.of(view.nodesAsked(), view.podsAsked())) {
      if (isUnclear(asked)) {
        return Observation.unknown("the API is ready, but of a list: " + asked.text(), at);
      }
    }
    List<Fault> faults = new ArrayList<>();
    addUnlisted(faults, "the nodes", view.nodesAsked());
    addUnlisted(faults, "the platform's pods", view.podsAsked());
    if (view.nodesAsked().isOk() && ready < nodes) {
      String which = unready.isEmpty() ? "" : ", not " + named(unready);
      faults.add(
          new Fault(Symptom.UNCLASSIFIED, ready + " of " + nodes + " nodes are ready" + which));
    }
    if (view.ready().took().compareTo(slow) > 0) {
      faults.add(
          new Fault(
              Symptom.BUSY,
              "the API took %d ms, more than %d ms"
                  .formatted(view.ready().took().toMillis(), slow.toMillis())));
    }
    List<String> pressed =
        view.nodes().stream()
            .filter(node -> node.ready() && !node.pressures().isEmpty())
            .map(node -> node.name() + " has " + String.join(" and ", node.pressures()))
            .toList();
    if (!pressed.isEmpty()) {
      faults.add(new Fault(Symptom.UNCLASSIFIED, named(pressed)));
    }
    if (!view.crashLoops().isEmpty()) {
      faults.add(new Fault(Symptom.UNCLASSIFIED, "in a crash loop: " + named(view.crashLoops())));
    }
    return faults.isEmpty() ? Observation.up(at) : degraded(faults, at);
  }

  private static void addUnlisted(List<Fault> faults, String what, Answer asked) {
    if (isRefusal(asked)) {
      faults.add(refused(what, asked));
    } else if (!asked.isOk()) {
      faults.add(
          new Fault(
              Symptom.UNCLASSIFIED,
              "the API is ready, but does not list " + what + ": " + asked.text()));
    }
  }

  /** Of a list: neither it, nor a failure that is known. */
  private static boolean isUnclear(Answer asked) {
    return asked.none().isPresent()
        ? asked.none().get().kind() == NoAnswer.Kind.UNCLEAR
        : !asked.isOk() && asked.status() < 500 && !isRefusal(asked);
  }

  private static boolean isRefusal(Answer asked) {
    return asked.status() == 401 || asked.status() == 403 || asked.status() == 429;
  }

  private static Fault refused(String what, Answer asked) {
    return switch (asked.status()) {
      case 401 ->
          new Fault(
              Symptom.AUTHENTICATION,
              "the API does not know this observer (HTTP 401 for %s): is the kubeconfig's token or"
                      .formatted(what)
                  + " certificate still good?");
      case 403 ->
          new Fault(
              Symptom.AUTHENTICATION, "this observer may not ask for " + what + " (HTTP 403)");
      default ->
          new Fault(Symptom.BUSY, "the API takes no more requests (HTTP 429 for " + what + ")");
    };
  }

  private static String named(List<String> names) {
    String text = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? text + " and " + more + " more" : text;
  }

  private static Observation down(String detail, Instant at) {
    return new Observation(HealthStatus.DOWN, Symptom.UNREACHABLE, detail, at);
  }

  private static Observation degraded(Fault fault, Instant at) {
    return degraded(List.of(fault), at);
  }

  /** With the symptom of the first, and the words of all. */
  private static Observation degraded(List<Fault> faults, Instant at) {
    return new Observation(
        HealthStatus.DEGRADED,
        faults.get(0).symptom(),
        faults.stream().map(Fault::text).collect(Collectors.joining("; ")),
        at);
  }
}
