package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.ObserverView;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointView;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Framing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pure core. Deterministic: the same state, input and moment give the same new state and the
 * same records, byte for byte.
 */
public class Decider {
  /** Goes into every decision; changes when the same input would be decided otherwise. */
  public static final String VERSION = "3";

  /** Restore points remembered per platform; the newest of more are enough to choose from. */
  private static final int MOST_RESTORE_POINTS = 200;

  private final Inventory inventory;
  private final Map<String, Inventory.Platform> platforms;
  private final Policy policy;

  public Decider(Inventory inventory, Policy policy) {
    this.inventory = inventory;
    this.platforms =
        inventory.platforms().stream()
            .collect(Collectors.toMap(Inventory.Platform::name, Function.identity()));
    this.policy = policy;
  }

  public Inventory inventory() {
    return inventory;
  }

  public Policy policy() {
    return policy;
  }

  /** What is known of a platform that has never been heard of. */
  public static PlatformState initial(String platform) {
    return PlatformState.newBuilder()
        .setPlatform(platform)
        .setSequence(0)
        .setIncidents(0)
        .setHeld(false)
        .setHeldBy("")
        .setHeldReason("")
        .setGap(true)
        .setObservers(new ArrayList<>())
        .setAlerts(new ArrayList<>())
        .setComponents(new ArrayList<>())
        .setRestorePoints(new ArrayList<>())
        .build();
  }

  /**
   * The state with which a decider takes over what another one has kept. Heartbeats of quiet times
   * are not kept (decision 23), so when an observer was last heard may be old: nobody listened,
   * silence counts anew from now, and what was due is forgotten.
   */
  public static PlatformState resumed(PlatformState kept, Instant now) {
    PlatformState resumed = Framing.copy(kept);
    resumed.setGap(true);
    resumed.setDueAt(null);
    resumed.setListeningSince(now);
    return resumed;
  }

  /**
   * Decides.
   *
   * @param before the platform's state; it is not changed
   * @param now the moment, in whole microseconds
   * @throws IllegalStateException when the state machine is asked for what it does not have; the
   *     caller holds the platform as WEDGED and pages
   */
  public Decided decide(PlatformState before, Input input, Instant now) {
    Inventory.Platform platform = platforms.get(before.getPlatform());
    if (platform == null) {
      return rejected(before, "no platform '" + before.getPlatform() + "' in the inventory");
    }
    if (input instanceof Input.Health health) {
      Optional<PlatformState> quiet =
          QuietHeartbeat.after(before, platform, policy, health.event(), now);
      if (quiet.isPresent()) {
        return new Decided(quiet.get(), List.of(), Optional.empty(), false);
      }
    }
    return decideInFull(before, platform, input, now);
  }

  /** The long way, which is always right. */
  Decided decideInFull(
      PlatformState before, Inventory.Platform platform, Input input, Instant now) {
    Round round = new Round(Framing.copy(before), platform, policy, now);
    Optional<String> rejected = take(round, input);
    if (rejected.isPresent()) {
      return rejected(before, rejected.get());
    }
    Observations.listen(round);
    Observations.judgeAll(round);
    Opening.openOrJoin(round);
    if (round.incident() != null) {
      StepReports.timeOut(round);
      Incidents.advance(round);
      FleetAdmission.giveBackWhenEscalated(round);
    }
    boolean significant = isSignificant(before, round);
    if (significant) {
      round.state.setSequence(before.getSequence() + 1);
    }
    round.state.setGap(!significant);
    round.state.setDueAt(nextDue(round.state, now).orElse(null));
    return new Decided(round.state, List.copyOf(round.outputs), Optional.empty(), significant);
  }

  Inventory.Platform platform(String name) {
    return platforms.get(name);
  }

  private static Decided rejected(PlatformState before, String why) {
    return new Decided(before, List.of(), Optional.of(why), false);
  }

  private static Optional<String> take(Round round, Input input) {
    if (input instanceof Input.Health health) {
      return health.event().getSource() == HealthSource.ALERT
          ? Alerts.take(round, health.event())
          : Observations.take(round, health.event());
    }
    if (input instanceof Input.Progress progress) {
      StepReports.take(round, progress.event());
    } else if (input instanceof Input.Validation validation) {
      StepReports.take(round, validation.outcome());
    } else if (input instanceof Input.Decree decree) {
      Decrees.take(round, decree.approval());
    } else if (input instanceof Input.Bound bound) {
      return bind(round, bound.binding());
    } else if (input instanceof Input.Backup backup) {
      return remember(round, backup.point());
    } else if (input instanceof Input.Admitted admitted) {
      FleetAdmission.take(round, admitted.event());
    }
    return Optional.empty();
  }

  /** From now on only observations of the new resource count. */
  private static Optional<String> bind(Round round, Binding binding) {
    if (round.platform.component(binding.getComponent()).isEmpty()) {
      return Optional.of("no component '" + binding.getComponent() + "' in the inventory");
    }
    ComponentView component = round.component(binding.getComponent());
    if (binding.getEpoch() <= component.getBindingEpoch()) {
      return Optional.empty();
    }
    component.setBindingEpoch(binding.getEpoch());
    component.setResource(binding.getResource());
    component.setConfirmed(HealthStatus.UNKNOWN);
    component.setSymptom(Symptom.NONE);
    component.setSince(round.now);
    component.setBadSince(null);
    component.setByAlert(false);
    component.setBoundAt(round.now);
    List<ObserverView> others = new ArrayList<>(round.state.getObservers());
    others.removeIf(view -> view.getComponent().equals(binding.getComponent()));
    round.state.setObservers(others);
    return Optional.empty();
  }

  private static Optional<String> remember(Round round, RestorePoint point) {
    if (round.platform.component(point.getComponent()).isEmpty()) {
      return Optional.of("no component '" + point.getComponent() + "' in the inventory");
    }
    List<RestorePointView> points = new ArrayList<>(round.state.getRestorePoints());
    points.removeIf(known -> known.getId().equals(point.getId()));
    points.add(
        RestorePointView.newBuilder()
            .setId(point.getId())
            .setComponent(point.getComponent())
            .setKind(point.getKind())
            .setState(point.getState())
            .setTakenAt(point.getTakenAt())
            .setProvenAt(point.getProvenAt())
            .build());
    points.sort(Comparator.comparing(RestorePointView::getTakenAt).reversed());
    round.state.setRestorePoints(
        new ArrayList<>(points.subList(0, Math.min(points.size(), MOST_RESTORE_POINTS))));
    return Optional.empty();
  }

  /** A heartbeat in quiet times changes nothing but when an observer was last heard. */
  private static boolean isSignificant(PlatformState before, Round round) {
    if (!round.outputs.isEmpty() || before.getIncident() != null || round.incident() != null) {
      return true;
    }
    PlatformState after = round.state;
    return before.getHeld() != after.getHeld()
        || before.getAdmissionGranted() != after.getAdmissionGranted()
        || !before.getAlerts().equals(after.getAlerts())
        || !before.getComponents().equals(after.getComponents())
        || !before.getRestorePoints().equals(after.getRestorePoints());
  }

  /**
   * The next moment at which the decider wants a {@link Input.Timer}, if time alone can change
   * anything.
   */
  public Optional<Instant> nextDue(PlatformState state, Instant now) {
    Optional<Instant> observers = Observations.nextDue(state, policy, now);
    Optional<Instant> around =
        Optional.ofNullable(platforms.get(state.getPlatform()))
            .map(platform -> new Round(state, platform, policy, now))
            .flatMap(
                look ->
                    Stream.of(ClusterLoss.due(look), PublicHealth.due(look), Joining.due(look))
                        .flatMap(Optional::stream)
                        .filter(due -> due.isAfter(now))
                        .min(Instant::compareTo));
    Optional<Instant> incident =
        Optional.ofNullable(state.getIncident())
            .flatMap(open -> Incidents.nextDue(open, policy, now));
    // What is due by now has just been looked at.
    return Stream.of(observers, incident, around)
        .flatMap(Optional::stream)
        .filter(due -> due.isAfter(now))
        .min(Instant::compareTo);
  }
}
