package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must be published so that {@code recovery.backups} says what is really there. A restore
 * point that was deleted by hand and is still announced would let a recovery be planned that finds
 * nothing.
 */
final class Reconciliation {
  private Reconciliation() {}

  /**
   * A restore point that lies in a folder.
   *
   * @param whole sizes are those of the manifest; the checksum is looked at before a restore
   */
  record Lying(RestorePoint point, boolean whole) {}

  /**
   * Compares.
   *
   * @param known what is published of one component
   * @param lying what was found of it in all its folders; copies each count
   * @param complete every folder could be read and believed; otherwise what was not found may still
   *     be there, and nothing is declared gone
   * @return what is to be published, changed where it must be
   */
  static List<RestorePoint> of(
      Collection<RestorePoint> known, Collection<Lying> lying, boolean complete) {
    Map<String, Lying> best = new HashMap<>();
    for (Lying each : lying) {
      best.merge(each.point().getId(), each, (a, b) -> a.whole() || !b.whole() ? a : b);
    }
    List<RestorePoint> publish = new ArrayList<>();
    for (RestorePoint told : known) {
      Lying found = best.remove(told.getId());
      if (found != null) {
        RestorePoint now = now(found);
        if (told.getState() != now.getState() || !told.getLocation().equals(now.getLocation())) {
          publish.add(now);
        }
      } else if (complete && told.getState() != RestorePointState.EXPIRED) {
        publish.add(RestorePoint.newBuilder(told).setState(RestorePointState.EXPIRED).build());
      }
    }
    best.values().forEach(found -> publish.add(now(found)));
    return publish;
  }

  private static RestorePoint now(Lying found) {
    return RestorePoint.newBuilder(found.point())
        .setState(found.whole() ? found.point().getState() : RestorePointState.DAMAGED)
        .build();
  }
}
