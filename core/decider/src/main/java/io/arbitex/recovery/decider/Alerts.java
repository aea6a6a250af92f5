package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.AlertView;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What alerts of monitoring systems are worth (design, section 5). By default an alert that fires
 * lowers the number of bad observations that an observer needs; one of a trusted receiver may open
 * an incident alone, but only while no quorum of observers can be heard that would know better. An
 * alert that is resolved never starts anything, and neither does one that comes twice, late, or
 * after its end.
 */
final class Alerts {
  /** Alerts remembered per platform, so that a late one is known as late. */
  private static final int MOST = 100;

  private Alerts() {}

  /** Takes an alert in; returns why it is refused, if it is. */
  static Optional<String> take(Round round, HealthEvent event) {
    if (round.platform.component(event.getComponent()).isEmpty()) {
      return Optional.of("no component '" + event.getComponent() + "' on " + event.getPlatform());
    }
    if (event.getAlertId().isEmpty()) {
      return Optional.of("an alert without an identity could not be told from its repetition");
    }
    Optional<AlertView> known =
        round.state.getAlerts().stream()
            .filter(view -> view.getAlertId().equals(event.getAlertId()))
            .filter(view -> view.getComponent().equals(event.getComponent()))
            .findFirst();
    boolean resolved = event.getStatus() == HealthStatus.UP;
    // Some senders have no identity but the resource: one that fires after its end is a new one.
    if (!resolved
        && known.isPresent()
        && known.get().getResolvedAt() != null
        && event.getObservedAt().isAfter(known.get().getResolvedAt())) {
      List<AlertView> others = new ArrayList<>(round.state.getAlerts());
      others.remove(known.get());
      round.state.setAlerts(others);
      known = Optional.empty();
    }
    if (known.isPresent()) {
      repeated(round, known.get(), event, resolved);
    } else {
      add(round, event, resolved);
    }
    return Optional.empty();
  }

  private static void repeated(Round round, AlertView view, HealthEvent event, boolean resolved) {
    if (resolved && view.getResolvedAt() == null) {
      view.setResolvedAt(round.now);
      say(round, view, "is resolved");
    } else if (!resolved && !view.getSources().contains(event.getObserver())) {
      List<String> sources = new ArrayList<>(view.getSources());
      sources.add(event.getObserver());
      view.setSources(sources);
    }
  }

  private static void add(Round round, HealthEvent event, boolean resolved) {
    AlertView view =
        AlertView.newBuilder()
            .setAlertId(event.getAlertId())
            .setRule(event.getAlertRule())
            .setSources(List.of(event.getObserver()))
            .setComponent(event.getComponent())
            .setStatus(event.getStatus())
            .setSymptom(event.getSymptom())
            .setFiredAt(event.getObservedAt())
            .setHeardAt(round.now)
            .setResolvedAt(resolved ? round.now : null)
            .setBindingEpoch(event.getBindingEpoch())
            .setDetail(event.getDetail())
            .build();
    List<AlertView> views = new ArrayList<>(round.state.getAlerts());
    views.add(view);
    // Those that fire are kept before those that are over.
    views.sort(
        Comparator.comparing((AlertView each) -> each.getResolvedAt() != null)
            .thenComparing(AlertView::getHeardAt, Comparator.reverseOrder()));
    round.state.setAlerts(new ArrayList<>(views.subList(0, Math.min(MOST, views.size()))));
    if (!resolved) {
      say(
          round,
          view,
          counts(round, view)
              ? "fires: " + view.getDetail()
              : "came too late, or is about an earlier resource: it counts for nothing");
    }
  }

  private static void say(Round round, AlertView view, String what) {
    round.event(
        IncidentKind.NOTE,
        view.getComponent(),
        "Alert %s of %s %s"
            .formatted(view.getRule(), String.join(", ", view.getSources()), what)
            .strip(),
        "");
  }

  /**
   * Whether the alert says something of the component as it is bound now. One that fired before the
   * present resource was bound is about the one before, however late it comes.
   */
  private static boolean counts(Round round, AlertView view) {
    ComponentView component = round.component(view.getComponent());
    Instant bound = component.getBoundAt();
    return view.getResolvedAt() == null
        && view.getBindingEpoch() == component.getBindingEpoch()
        && (bound == null || view.getFiredAt().isAfter(bound))
        && !view.getHeardAt().isAfter(view.getFiredAt().plus(round.policy.alerts().validFor()))
        && round.now.isBefore(view.getHeardAt().plus(round.policy.alerts().lastsFor()));
  }

  /** Alerts that fire for a component now, the oldest first. */
  static List<AlertView> firing(Round round, ComponentView component) {
    return round.state.getAlerts().stream()
        .filter(view -> view.getComponent().equals(component.getComponent()))
        .filter(view -> counts(round, view))
        .sorted(Comparator.comparing(AlertView::getHeardAt))
        .toList();
  }

  /** An alert that may open an incident alone. */
  static Optional<AlertView> trusted(Round round, ComponentView component) {
    return firing(round, component).stream()
        .filter(
            view -> view.getSources().stream().anyMatch(round.policy.alerts().trusted()::contains))
        .findFirst();
  }

  /** Bad observations in a row that an observer needs to be believed. */
  static int confirmations(Round round, ComponentView component) {
    int needed = round.policy.detection().confirmations();
    return firing(round, component).isEmpty()
        ? needed
        : Math.min(needed, round.policy.alerts().confirmations());
  }
}
