package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.RestorePointManifest.Found;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Preflight: the newest good RDB file that was taken before the source was bad. A damaged one is
 * told with its reason, and the one before it is taken.
 */
final class ChooseRdb extends BoundAction {
  private final RedisTarget target;
  private final RdbInspection inspection;

  ChooseRdb(RedisTarget target) {
    super(
        "choose-restore-point",
        "choose the newest good RDB file",
        false,
        Duration.ofMinutes(30),
        RetryPolicy.upTo(3, Duration.ofSeconds(1), Duration.ofSeconds(5)));
    this.target = target;
    this.inspection = new RdbInspection(target.redis().tools());
  }

  /** Why a file is not used. */
  private static final class Damaged extends Exception {
    private static final long serialVersionUID = 1L;

    Damaged(String message) {
      super(message);
    }
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    inspection.requireTool();
    RdbPoints points = new RdbPoints(target, context);
    List<String> rejected = new ArrayList<>();
    points.rejected().forEach(each -> reject(context, rejected, each));
    for (Found candidate : points.candidates()) {
      RestorePoint point = candidate.point();
      context.progress("checking " + point.getId() + ", taken at " + point.getTakenAt());
      try {
        Map<String, String> facts = inspect(context, candidate);
        facts.put(RedisFacts.REJECTED, String.join("; ", rejected));
        return Look.alreadySo(facts);
      } catch (Damaged e) {
        reject(context, rejected, point.getId() + " " + e.getMessage());
      }
    }
    throw ActionFailure.permanent(
        FailureCode.NO_RESTORE_POINT,
        "no usable RDB file in "
            + target.redis().backups()
            + (rejected.isEmpty() ? ": there is none" : ": " + String.join("; ", rejected)),
        "Bring a copy with its manifest from elsewhere into one of the folders, or start cold.");
  }

  private Map<String, String> inspect(ActionContext context, Found candidate)
      throws Damaged, ActionFailure, InterruptedException {
    RestorePoint point = candidate.point();
    String sha256;
    long size;
    try {
      size = Files.size(candidate.dump());
      sha256 = RdbInspection.sha256(context, candidate.dump());
    } catch (IOException e) {
      throw new Damaged("cannot be read: " + e);
    }
    if (!sha256.equals(point.getSha256())) {
      throw new Damaged("is not what was written (its sum differs)");
    }
    long keys =
        inspection
            .keys(context, candidate.dump())
            .orElseThrow(() -> new Damaged("fails redis-check-rdb"));
    OptionalLong counted = RdbPoints.keys(point);
    if (counted.isPresent() && counted.getAsLong() != keys) {
      throw new Damaged("has " + keys + " keys, but " + counted.getAsLong() + " by its manifest");
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(RedisFacts.POINT, point.getId());
    facts.put(RedisFacts.TAKEN_AT, point.getTakenAt().toString());
    facts.put(RedisFacts.MANIFEST, candidate.manifest().toString());
    facts.put(RedisFacts.SHA256, sha256);
    facts.put(RedisFacts.SIZE, Long.toString(size));
    facts.put(RedisFacts.KEYS, Long.toString(keys));
    return facts;
  }

  private static void reject(ActionContext context, List<String> rejected, String why) {
    rejected.add(why);
    context.progress("rejected: " + why);
  }
}
