package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.AlertView;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.ObserverView;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From what observers say to what is confirmed (design, section 5): enough observations in a row,
 * by a quorum of the configured observers, all fresh and all of the resource that is bound now.
 */
final class Observations {
  /** How far an observer's clock may be behind before it counts as silent. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  /** How far an observer's clock may be ahead before that is shown. */
  private static final Duration NOTICED = Duration.ofSeconds(2);

  /** A timer that is later than this was not late: nobody listened. */
  private static final Duration DEAF = Duration.ofSeconds(2);

  private Observations() {}

  /**
   * Notices that the pipeline itself was away. What observers said meanwhile waits on the topic, so
   * their silence counts from now on only: a decider that comes back must not page that nobody can
   * be heard.
   */
  static void listen(Round round) {
    Instant due = round.state.getDueAt();
    if (due != null && round.now.isAfter(due.plus(DEAF))) {
      round.state.setListeningSince(round.now);
    }
  }

  /**
   * Whether a quorum says of a bad component that it is bad now. What was confirmed before is not
   * enough to plan on: the source may flap, and right after a pause of the pipeline what is read
   * first is old.
   */
  static boolean isSaidNow(Round round, ComponentView component) {
    int quorum = round.policy.detection().quorumOf(round.platform.observers().size());
    return component.getByAlert()
        || fresh(round, component).stream()
                .filter(view -> isBad(view.getStatus()) && isOfNow(round, view))
                .count()
            >= quorum;
  }

  /** After a pause, only what was observed since the pipeline listens again. */
  private static boolean isOfNow(Round round, ObserverView view) {
    Instant listening = round.state.getListeningSince();
    return listening == null
        || !round.now.isBefore(listening.plus(round.policy.detection().observerTimeout()))
        || !view.getObservedAt().isBefore(listening);
  }

  private static boolean isBad(HealthStatus status) {
    return status == HealthStatus.DOWN || status == HealthStatus.DEGRADED;
  }

  /**
   * Observers that see the component. One that cannot, since the cluster around it does not answer,
   * is not blind; that the cluster is away is confirmed a few observations later and said once, of
   * the cluster.
   */
  private static long alive(Round round, ComponentView component, List<ObserverView> fresh) {
    int patience =
        Landscape.isInCluster(round, component.getComponent())
            ? 2 * round.policy.detection().confirmations()
            : 0;
    return fresh.stream()
        .filter(
            view -> view.getStatus() != HealthStatus.UNKNOWN || view.getConsecutive() < patience)
        .count();
  }

  /** Whether an observer says just now that the cluster around a component does not answer. */
  private static boolean isClusterInDoubt(Round round, ComponentView component) {
    return Landscape.isInCluster(round, component.getComponent())
        && Landscape.cluster(round)
            .filter(
                cluster ->
                    cluster.getConfirmed() == HealthStatus.DOWN
                        || fresh(round, cluster).stream()
                            .anyMatch(view -> view.getStatus() == HealthStatus.DOWN))
            .isPresent();
  }

  /** Takes an event in; returns why it is refused, if it is. */
  static Optional<String> take(Round round, HealthEvent event) {
    if (round.platform.component(event.getComponent()).isEmpty()) {
      return Optional.of(
          "no component '"
              + event.getComponent()
              + "' on "
              + event.getPlatform()
              + " in the inventory");
    }
    if (!round.platform.observers().contains(event.getObserver())) {
      return Optional.of(
          "no observer '"
              + event.getObserver()
              + "' of "
              + event.getPlatform()
              + " in the inventory");
    }
    ComponentView component = round.component(event.getComponent());
    if (event.getBindingEpoch() != component.getBindingEpoch()) {
      return Optional.empty();
    }
    if (isTooOld(round.policy, event, round.now)) {
      return Optional.empty();
    }
    Optional<ObserverView> before = viewOf(round.state, event);
    if (before.filter(view -> isLateOrTwice(view, event, round.now)).isPresent()) {
      return Optional.empty();
    }
    List<ObserverView> views = new ArrayList<>(round.state.getObservers());
    before.ifPresent(views::remove);
    views.add(view(event, round.now));
    round.state.setObservers(views);
    return Optional.empty();
  }

  /** Read late, after an outage of the pipeline itself: it says nothing of now. */
  static boolean isTooOld(Policy policy, HealthEvent event, Instant now) {
    Duration oldest = policy.detection().observerTimeout().plus(SKEW);
    return event.getObservedAt().isBefore(now.minus(oldest));
  }

  /** What the event's observer said last about its component. */
  static Optional<ObserverView> viewOf(PlatformState state, HealthEvent event) {
    for (ObserverView view : state.getObservers()) {
      if (view.getComponent().equals(event.getComponent())
          && view.getObserver().equals(event.getObserver())) {
        return Optional.of(view);
      }
    }
    return Optional.empty();
  }

  /** What is remembered of an event. */
  static ObserverView view(HealthEvent event, Instant now) {
    return new ObserverView(
        event.getObserver(),
        event.getComponent(),
        event.getStatus(),
        event.getSymptom(),
        event.getConsecutive(),
        event.getBindingEpoch(),
        event.getObservedAt(),
        now,
        event.getBadSince(),
        event.getDetail(),
        skewMillis(event, now));
  }

  /** How far an observer's clock is ahead; less than that is the time of the way. */
  private static long skewMillis(HealthEvent event, Instant now) {
    long ahead = Duration.between(now, event.getObservedAt()).toMillis();
    return ahead > NOTICED.toMillis() ? ahead : 0;
  }

  /**
   * By the observer's clock. One that was ahead and is set right says what looks older than what it
   * said before; observed after that was heard, it is newer all the same.
   */
  static boolean isLateOrTwice(ObserverView before, HealthEvent event, Instant now) {
    if (before.getBindingEpoch() != event.getBindingEpoch()
        || event.getObservedAt().isAfter(before.getObservedAt())) {
      return false;
    }
    boolean setRight =
        before.getSkewMillis() > 0
            && skewMillis(event, now) == 0
            && event.getObservedAt().isAfter(before.getHeardAt());
    return !setRight;
  }

  /** Judges every component anew; time alone can silence an observer. */
  static void judgeAll(Round round) {
    // First the cluster: what is said of the rest may come from its being away.
    Landscape.cluster(round).ifPresent(cluster -> judge(round, cluster));
    for (ComponentView component : List.copyOf(round.state.getComponents())) {
      if (!Landscape.isCluster(round, component.getComponent())) {
        judge(round, component);
      }
    }
  }

  private static void judge(Round round, ComponentView component) {
    int quorum = round.policy.detection().quorumOf(round.platform.observers().size());
    List<ObserverView> fresh = fresh(round, component);
    int needed = Alerts.confirmations(round, component);
    List<ObserverView> down = believed(round, fresh, HealthStatus.DOWN, needed);
    List<ObserverView> degraded = believed(round, fresh, HealthStatus.DEGRADED, needed);
    List<ObserverView> up =
        believed(round, fresh, HealthStatus.UP, round.policy.detection().recoveries());
    judgeQuorum(round, component, alive(round, component, fresh), quorum);

    if (ClusterLoss.hides(round, component.getComponent())) {
      return;
    }
    if (down.size() >= quorum) {
      confirmBad(round, component, HealthStatus.DOWN, down);
    } else if (down.size() + degraded.size() >= quorum) {
      degraded.addAll(down);
      confirmBad(round, component, HealthStatus.DEGRADED, degraded);
    } else if (up.size() >= quorum && component.getConfirmed() != HealthStatus.UP) {
      component.setConfirmed(HealthStatus.UP);
      component.setSymptom(Symptom.NONE);
      component.setSince(round.now);
      component.setBadSince(null);
      component.setByAlert(false);
    } else if (component.getQuorumLost()) {
      Alerts.trusted(round, component)
          .filter(alert -> !Opening.isBad(component))
          .ifPresent(alert -> confirmByAlert(round, component, alert));
    }
  }

  /** The observers are too few, or blind: what a trusted monitoring system says stands alone. */
  private static void confirmByAlert(Round round, ComponentView component, AlertView alert) {
    Instant firedAt = alert.getFiredAt();
    component.setConfirmed(alert.getStatus());
    component.setSymptom(alert.getSymptom());
    component.setSince(round.now);
    component.setBadSince(firedAt.isAfter(round.now) ? round.now : firedAt);
    component.setByAlert(true);
  }

  private static List<ObserverView> fresh(Round round, ComponentView component) {
    Duration timeout = round.policy.detection().observerTimeout();
    return round.state.getObservers().stream()
        .filter(view -> view.getComponent().equals(component.getComponent()))
        .filter(view -> view.getBindingEpoch() == component.getBindingEpoch())
        .filter(view -> round.now.isBefore(view.getHeardAt().plus(timeout)))
        .collect(Collectors.toList());
  }

  /**
   * What was heard before a pause of the pipeline is not believed after it: the observer may have
   * said something else meanwhile.
   */
  private static List<ObserverView> believed(
      Round round, List<ObserverView> fresh, HealthStatus status, int needed) {
    Instant listening = round.state.getListeningSince();
    return fresh.stream()
        .filter(view -> listening == null || !view.getHeardAt().isBefore(listening))
        .filter(view -> view.getStatus() == status && view.getConsecutive() >= needed)
        .collect(Collectors.toList());
  }

  private static void confirmBad(
      Round round, ComponentView component, HealthStatus status, List<ObserverView> by) {
    Symptom symptom = symptom(by);
    if (component.getConfirmed() != status) {
      component.setConfirmed(status);
      component.setSince(round.now);
    }
    component.setSymptom(symptom);
    component.setByAlert(false);
    if (component.getBadSince() == null) {
      component.setBadSince(
          by.stream()
              .map(ObserverView::getBadSince)
              .filter(since -> since != null && !since.isAfter(round.now))
              .min(Comparator.naturalOrder())
              .orElse(round.now));
    }
  }

  private static Symptom symptom(List<ObserverView> by) {
    Map<Symptom, Long> votes =
        by.stream()
            .collect(
                Collectors.groupingBy(
                    ObserverView::getSymptom,
                    () -> new EnumMap<>(Symptom.class),
                    Collectors.counting()));
    return votes.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(Symptom.UNCLASSIFIED);
  }

  private static void judgeQuorum(Round round, ComponentView component, long alive, int quorum) {
    Duration timeout = round.policy.detection().observerTimeout();
    Instant listening = round.state.getListeningSince();
    boolean old =
        !round.now.isBefore(component.getSince().plus(timeout))
            && (listening == null || !round.now.isBefore(listening.plus(timeout)));
    if (alive >= quorum) {
      if (component.getQuorumLost()) {
        component.setQuorumLost(false);
        heardAgain(round, component);
      }
    } else if (old
        && !component.getQuorumLost()
        && !isClusterInDoubt(round, component)
        && !isClusterNew(round, component)) {
      component.setQuorumLost(true);
      String text =
          "Only %d of the %d observers that must agree can be heard about %s: a failure would not be seen."
              .formatted(alive, quorum, component.getComponent());
      round.event(
          IncidentKind.NOTE,
          component.getComponent(),
          text,
          "Look at the detectors of " + round.state.getPlatform() + ".");
      round.tell(
          new Escalation.Message(
              quorumKey(round, component),
              Escalation.Action.TRIGGER,
              Severity.P1,
              "No quorum of observers for " + component.getComponent(),
              text,
              List.of(new Fact("person", "Look at the detectors."))));
    }
  }

  /**
   * Whether the cluster around a component was bound so lately that observers turn to it only now.
   */
  private static boolean isClusterNew(Round round, ComponentView component) {
    Duration timeout = round.policy.detection().observerTimeout();
    return Landscape.isInCluster(round, component.getComponent())
        && Landscape.cluster(round)
            .map(ComponentView::getBoundAt)
            .filter(boundAt -> round.now.isBefore(boundAt.plus(timeout)))
            .isPresent();
  }

  private static void heardAgain(Round round, ComponentView component) {
    String text = "Enough observers can be heard about " + component.getComponent() + " again.";
    round.event(IncidentKind.NOTE, component.getComponent(), text, "");
    round.tell(
        new Escalation.Message(
            quorumKey(round, component),
            Escalation.Action.RESOLVE,
            Severity.P1,
            "Quorum of observers for " + component.getComponent(),
            text,
            List.of()));
  }

  private static String quorumKey(Round round, ComponentView component) {
    return "quorum-" + round.state.getPlatform() + "-" + component.getComponent();
  }

  /** Who confirms the present state, for people. */
  static String witnesses(Round round, ComponentView component) {
    if (component.getByAlert()) {
      return Alerts.trusted(round, component)
          .map(
              alert ->
                  "alert %s of %s alone"
                      .formatted(alert.getRule(), String.join(", ", alert.getSources())))
          .orElse("an alert that is resolved by now");
    }
    return fresh(round, component).stream()
        .filter(view -> view.getStatus() == component.getConfirmed())
        .map(ObserverView::getObserver)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  static String detail(Round round, ComponentView component) {
    return fresh(round, component).stream()
        .filter(view -> view.getSymptom() == component.getSymptom())
        .map(ObserverView::getDetail)
        .filter(detail -> !detail.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** The next moment at which an observer that counts now falls silent. */
  static Optional<Instant> nextDue(PlatformState state, Policy policy, Instant now) {
    Duration timeout = policy.detection().observerTimeout();
    Optional<Instant> observer =
        state.getObservers().stream()
            .map(view -> view.getHeardAt().plus(timeout))
            .filter(due -> due.isAfter(now))
            .min(Comparator.naturalOrder());
    Optional<Instant> component =
        state.getComponents().stream()
            .flatMap(view -> Stream.of(view.getSince(), view.getBoundAt()))
            .filter(Objects::nonNull)
            .map(since -> since.plus(timeout))
            .filter(due -> due.isAfter(now))
            .min(Comparator.naturalOrder());
    Optional<Instant> listening =
        Optional.ofNullable(state.getListeningSince())
            .map(since -> since.plus(timeout))
            .filter(due -> due.isAfter(now));
    return Stream.of(observer, component, listening)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }
}
