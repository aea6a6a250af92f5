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
  /** Alerts that count no more are remembered up to here, so that a late one is known as late. */
  private static final int MOST_PAST = 100;

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
    if (event.getStatus() == HealthStatus.UP) {
      resolved(round, known, event);
    } else if (isLate(round, event)) {
      say(round, event, "came too late and counts for nothing");
    } else {
      fires(round, known, event);
    }
    return Optional.empty();
  }

  /** The message itself was under way for long; what it says may be over. */
  private static boolean isLate(Round round, HealthEvent event) {
    Instant sent = event.getReceivedAt() == null ? event.getObservedAt() : event.getReceivedAt();
    return round.now.isAfter(sent.plus(round.policy.alerts().validFor()));
  }

  private static void resolved(Round round, Optional<AlertView> known, HealthEvent event) {
    if (known.isEmpty()) {
      // Kept, so that its begin, which may come later, is known to be over.
      add(round, view(round, event, event.getObservedAt()));
      return;
    }
    AlertView view = known.get();
    boolean ofAnEarlierOne = event.getObservedAt().isBefore(view.getFiredAt());
    if (view.getResolvedAt() == null && !ofAnEarlierOne && maySpeakFor(round, view, event)) {
      view.setResolvedAt(event.getObservedAt());
      say(round, event, "is resolved");
    }
  }

  /** What a trusted receiver has said, only a receiver that said it too may take back. */
  private static boolean maySpeakFor(Round round, AlertView view, HealthEvent event) {
    return view.getSources().contains(event.getObserver())
        || isTrusted(round, event.getObserver())
        || view.getSources().stream().noneMatch(source -> isTrusted(round, source));
  }

  private static void fires(Round round, Optional<AlertView> known, HealthEvent event) {
    if (known.isEmpty()) {
      begin(round, event);
      return;
    }
    AlertView view = known.get();
    // Some senders have no identity but the resource: one that fires after its end is a new one.
    Instant over = view.getResolvedAt() == null ? view.getFiredAt() : view.getResolvedAt();
    if (!counts(round, view) && event.getObservedAt().isAfter(over)) {
      forget(round, view);
      begin(round, event);
    } else if (view.getResolvedAt() == null) {
      repeated(round, view, event);
    }
  }

  private static void begin(Round round, HealthEvent event) {
    AlertView view = view(round, event, null);
    add(round, view);
    say(
        round,
        event,
        counts(round, view)
            ? "fires: " + event.getDetail()
            : "is about an earlier resource and counts for nothing");
  }

  private static void repeated(Round round, AlertView view, HealthEvent event) {
    view.setHeardAt(round.now);
    if (view.getSources().contains(event.getObserver())) {
      return;
    }
    boolean trustedBefore = view.getSources().stream().anyMatch(source -> isTrusted(round, source));
    if (isTrusted(round, event.getObserver()) && !trustedBefore) {
      // Trust is in what that receiver says, not in what another one said before it.
      view.setStatus(event.getStatus());
      view.setSymptom(event.getSymptom());
      view.setFiredAt(event.getObservedAt());
      view.setDetail(event.getDetail());
    }
    List<String> sources = new ArrayList<>(view.getSources());
    sources.add(event.getObserver());
    view.setSources(sources);
  }

  private static AlertView view(Round round, HealthEvent event, Instant resolvedAt) {
    return AlertView.newBuilder()
        .setAlertId(event.getAlertId())
        .setRule(event.getAlertRule())
        .setSources(List.of(event.getObserver()))
        .setComponent(event.getComponent())
        .setStatus(event.getStatus())
        .setSymptom(event.getSymptom())
        .setFiredAt(event.getObservedAt())
        .setHeardAt(round.now)
        .setResolvedAt(resolvedAt)
        .setBindingEpoch(event.getBindingEpoch())
        .setDetail(event.getDetail())
        .build();
  }

  private static void forget(Round round, AlertView view) {
    List<AlertView> others = new ArrayList<>(round.state.getAlerts());
    others.remove(view);
    round.state.setAlerts(others);
  }

  /** A storm of alerts must not push out one that counts. */
  private static void add(Round round, AlertView view) {
    List<AlertView> views = new ArrayList<>(round.state.getAlerts());
    views.add(view);
    List<AlertView> kept =
        new ArrayList<>(views.stream().filter(each -> counts(round, each)).toList());
    views.stream()
        .filter(each -> !counts(round, each))
        .sorted(Comparator.comparing(AlertView::getHeardAt).reversed())
        .limit(MOST_PAST)
        .forEach(kept::add);
    round.state.setAlerts(kept);
  }

  private static void say(Round round, HealthEvent event, String what) {
    round.event(
        IncidentKind.NOTE,
        event.getComponent(),
        "Alert %s of %s %s".formatted(event.getAlertRule(), event.getObserver(), what).strip(),
        "");
  }

  /**
   * Whether the alert says something of the component as it is bound now. One that fired before the
   * present resource was bound is about the one before, however late it comes; one whose end may
   * have been lost counts no more after a while.
   */
  private static boolean counts(Round round, AlertView view) {
    ComponentView component = round.component(view.getComponent());
    Instant bound = component.getBoundAt();
    return view.getResolvedAt() == null
        && view.getBindingEpoch() == component.getBindingEpoch()
        && (bound == null || view.getFiredAt().isAfter(bound))
        && round.now.isBefore(view.getHeardAt().plus(round.policy.alerts().lastsFor()));
  }

  private static boolean isTrusted(Round round, String receiver) {
    return round.policy.alerts().trusted().contains(receiver);
  }

  /** Alerts that fire for a component now. */
  static List<AlertView> firing(Round round, ComponentView component) {
    return round.state.getAlerts().stream()
        .filter(view -> view.getComponent().equals(component.getComponent()))
        .filter(view -> counts(round, view))
        .toList();
  }

  /** An alert that may open an incident alone. */
  static Optional<AlertView> trusted(Round round, ComponentView component) {
    return firing(round, component).stream()
        .filter(view -> view.getSources().stream().anyMatch(source -> isTrusted(round, source)))
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
