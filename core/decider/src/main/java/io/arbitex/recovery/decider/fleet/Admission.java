package io.arbitex.recovery.decider.fleet;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.AdmissionState;
import io.arbitex.recovery.record.AdmissionView;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who may recover now: first come, first served, and never more at once than the policy says. Of
 * each platform only its newest request counts, so that whatever is told twice, late or in another
 * order changes nothing; a platform has one place at most. A limit that was lowered takes no place
 * away. Deterministic; not safe for use by several threads.
 */
public final class Admission {

  /**
   * What came of an input.
   *
   * @param changed what is to be kept, by platform
   * @param grants the answers, in the order of the requests
   */
  public record Change(List<AdmissionView> changed, List<FleetEvent> grants) {}

  private final Map<String, AdmissionView> byPlatform = new HashMap<>();
  private final TreeMap<Long, String> queue = new TreeMap<>();
  private final Set<String> known;
  private final int most;
  private int recovering;
  private long nextPlace;

  /**
   * @param kept what was kept of earlier inputs, in any order
   * @param known the platforms of the inventory. One that is not there any more, and will never
   *     give its place back, takes none from the others
   */
  public Admission(Collection<AdmissionView> kept, Set<String> known, Policy.Fleet fleet) {
    this.known = Set.copyOf(known);
    this.most = fleet.most(known.size());
    kept.forEach(this::enter);
  }

  /** Takes a request or a release; anything else changes nothing. */
  public Change take(FleetEvent event, Instant now) {
    List<AdmissionView> changed = new ArrayList<>();
    AdmissionView before = byPlatform.get(event.getPlatform());
    long newest = before == null ? 0 : before.getNumber();
    boolean isNew = event.getNumber() > newest;
    if (event.getKind() == FleetKind.REQUEST && isNew) {
      // It takes the place of an older request whose release was overtaken.
      changed.add(replace(before, view(event, AdmissionState.REQUESTED, nextPlace, now)));
    } else if (event.getKind() == FleetKind.RELEASE
        && (isNew || (before != null && event.getNumber() == newest && isOpen(before)))) {
      // One that overtook its own request is kept, so that the request comes too late.
      changed.add(replace(before, view(event, AdmissionState.RELEASED, 0, now)));
    }
    return letIn(changed, now);
  }

  /** Lets in whom another configuration has a place for. */
  public Change look(Instant now) {
    return letIn(new ArrayList<>(), now);
  }

  private Change letIn(List<AdmissionView> changed, Instant now) {
    List<FleetEvent> grants = new ArrayList<>();
    while (recovering < most && !queue.isEmpty()) {
      AdmissionView waiting = byPlatform.get(queue.firstEntry().getValue());
      AdmissionView granted =
          AdmissionView.newBuilder(waiting).setState(AdmissionState.GRANTED).setAt(now).build();
      replace(waiting, granted);
      changed.removeIf(view -> view.getPlatform().equals(granted.getPlatform()));
      changed.add(granted);
      grants.add(
          new FleetEvent(
              granted.getPlatform() + "-admission-" + granted.getNumber(),
              granted.getPlatform(),
              granted.getIncidentId(),
              FleetKind.GRANT,
              now,
              granted.getNumber()));
    }
    return new Change(List.copyOf(changed), List.copyOf(grants));
  }

  private AdmissionView replace(AdmissionView before, AdmissionView after) {
    if (before != null) {
      if (before.getState() == AdmissionState.REQUESTED) {
        queue.remove(before.getPlace());
      } else if (takesAPlace(before)) {
        recovering--;
      }
    }
    enter(after);
    return after;
  }

  private void enter(AdmissionView view) {
    byPlatform.put(view.getPlatform(), view);
    nextPlace = Math.max(nextPlace, view.getPlace() + 1);
    if (view.getState() == AdmissionState.REQUESTED) {
      queue.put(view.getPlace(), view.getPlatform());
    } else if (takesAPlace(view)) {
      recovering++;
    }
  }

  private boolean takesAPlace(AdmissionView view) {
    return view.getState() == AdmissionState.GRANTED && known.contains(view.getPlatform());
  }

  private static boolean isOpen(AdmissionView view) {
    return view.getState() == AdmissionState.REQUESTED || view.getState() == AdmissionState.GRANTED;
  }

  private static AdmissionView view(
      FleetEvent event, AdmissionState state, long place, Instant now) {
    return new AdmissionView(
        event.getPlatform(), event.getIncidentId(), event.getNumber(), state, place, now);
  }
}
