package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.ObserverView;
import io.arbitex.recovery.record.PlatformState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The short way for what nearly every input is: an observer says of a sound component, on a calm
 * platform, that it is still up. Only when it was last heard changes, so nothing is copied and
 * nothing is judged. The short way must give what the long one gives, byte for byte; a test holds
 * that. Whatever is not plainly such a heartbeat goes the long way.
 */
final class QuietHeartbeat {
  private QuietHeartbeat() {}

  /** The state after it, which shares with the one before what is the same; empty: the long way. */
  static Optional<PlatformState> after(
      PlatformState before,
      Inventory.Platform platform,
      Policy policy,
      HealthEvent event,
      Instant now) {
    if (event.getSource() == HealthSource.ALERT
        || event.getStatus() != HealthStatus.UP
        || !isCalm(before, now)
        || !isOfSoundComponent(before, event)
        || !platform.observers().contains(event.getObserver())
        || platform.component(event.getComponent()).isEmpty()
        || Observations.isTooOld(policy, event, now)) {
      return Optional.empty();
    }
    ObserverView known = Observations.viewOf(before, event).orElse(null);
    if (known == null
        || known.getStatus() != HealthStatus.UP
        || Observations.isLateOrTwice(known, event, now)) {
      return Optional.empty();
    }
    List<ObserverView> observers = new ArrayList<>(before.getObservers());
    observers.remove(known);
    observers.add(Observations.view(event, now));
    PlatformState after =
        new PlatformState(
            before.getPlatform(),
            before.getSequence(),
            before.getIncidents(),
            before.getHeld(),
            before.getHeldBy(),
            before.getHeldReason(),
            true,
            null,
            before.getListeningSince(),
            observers,
            before.getAlerts(),
            before.getComponents(),
            before.getRestorePoints(),
            null,
            before.getAdmissionRequests(),
            before.getAdmissionGranted());
    after.setDueAt(Observations.nextDue(after, policy, now).orElse(null));
    return Optional.of(after);
  }

  /** Nothing is open, and no time has run out since the last decision. */
  private static boolean isCalm(PlatformState state, Instant now) {
    if (state.getIncident() != null
        || !state.getAlerts().isEmpty()
        || state.getDueAt() == null
        || !now.isBefore(state.getDueAt())) {
      return false;
    }
    for (ComponentView component : state.getComponents()) {
      if (Opening.isBad(component) || component.getQuorumLost()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfSoundComponent(PlatformState state, HealthEvent event) {
    for (ComponentView component : state.getComponents()) {
      if (component.getComponent().equals(event.getComponent())) {
        return component.getConfirmed() == HealthStatus.UP
            && component.getBindingEpoch() == event.getBindingEpoch();
      }
    }
    return false;
  }
}
