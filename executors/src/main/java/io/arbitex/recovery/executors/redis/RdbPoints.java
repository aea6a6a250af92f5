package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.checks.RestorePointManifest.Found;
import io.arbitex.recovery.checks.redis.RdbCheck;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.TableCount;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The RDB files of a component that were taken before its source was bad, newest first. */
final class RdbPoints {
  private final List<Found> candidates = new ArrayList<>();
  private final List<String> rejected = new ArrayList<>();

  RdbPoints(RedisTarget target, ActionContext context) {
    RestorePointManifest.Catalogue catalogue = RestorePointManifest.list(target.redis().backups());
    catalogue.unreadable().forEach(each -> rejected.add(each.reason()));
    Set<String> excluded =
        Set.copyOf(List.of(context.fact(RedisFacts.EXCLUDE).orElse("").split(",", -1)));
    Optional<Instant> badSince = context.fact(RedisFacts.BAD_SINCE).map(Instant::parse);
    for (Found each : catalogue.restorePoints()) {
      RestorePoint point = each.point();
      if (!point.getPlatform().equals(target.platform())
          || !point.getComponent().equals(target.component())
          || point.getKind() != RestorePointKind.RDB) {
        continue;
      }
      if (excluded.contains(point.getId())) {
        rejected.add(point.getId() + " failed a proof before");
      } else if (badSince.filter(bad -> !point.getTakenAt().isBefore(bad)).isPresent()) {
        rejected.add(
            point.getId()
                + " was taken at "
                + point.getTakenAt()
                + ", when the source was bad already (since "
                + badSince.get()
                + ")");
      } else if (!Files.isReadable(each.dump())) {
        rejected.add(point.getId() + " has a manifest but no readable file " + each.dump());
      } else {
        candidates.add(each);
      }
    }
    passOverEmptied(target.redis().collapse());
  }

  /**
   * Between the loss and the first bad observation a backup may have been taken of what was empty
   * already. One that has less than the share of the one before it is such a backup.
   */
  private void passOverEmptied(double collapse) {
    while (candidates.size() > 1) {
      OptionalLong newest = keys(candidates.get(0).point());
      OptionalLong before = keys(candidates.get(1).point());
      if (newest.isEmpty()
          || before.isEmpty()
          || newest.getAsLong() >= before.getAsLong() * collapse) {
        return;
      }
      rejected.add(
          candidates.get(0).point().getId()
              + " has "
              + newest.getAsLong()
              + " keys, the one before it "
              + before.getAsLong()
              + ": it was taken after the loss");
      candidates.remove(0);
    }
  }

  List<Found> candidates() {
    return candidates;
  }

  /** Why others are no candidates. */
  List<String> rejected() {
    return rejected;
  }

  /** The keys that the backup counted in a file; empty when its manifest does not say. */
  static OptionalLong keys(RestorePoint point) {
    Baseline baseline = point.getBaseline();
    return baseline == null
        ? OptionalLong.empty()
        : baseline.getCounts().stream()
            .filter(count -> count.getTable().equals(RdbCheck.KEYS))
            .mapToLong(TableCount::getRows)
            .findFirst();
  }
}
