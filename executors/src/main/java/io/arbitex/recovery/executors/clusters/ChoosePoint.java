package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Preflight: the newest complete recovery point from before the cluster was bad. One that failed
 * before is not taken again. What it would lose is held against the RPO before the cutover.
 */
final class ChoosePoint extends ClusterAction {
  ChoosePoint(ClusterTarget target) {
    super(
        target,
        "choose-point",
        "choose the recovery point to restore",
        false,
        Duration.ofMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Instant badSince = Instant.parse(context.required(ClusterFacts.BAD_SINCE));
    List<String> excluded = List.of(context.fact(ClusterFacts.EXCLUDE).orElse("").split(",", -1));
    List<VaultPoint> all = new ArrayList<>();
    for (JsonNode each : target.vault(context).points()) {
      all.add(VaultPoint.of(each));
    }
    all.sort(Comparator.comparing(VaultPoint::takenAt).reversed());
    List<String> rejected = new ArrayList<>();
    for (VaultPoint each : all) {
      Optional<String> unfit = each.unfit(context.clock().instant());
      if (!each.takenAt().isBefore(badSince)) {
        rejected.add(each.name() + " is of " + each.takenAt() + ", when it was bad already");
      } else if (excluded.contains(each.name())) {
        rejected.add(each.name() + " failed before");
      } else if (unfit.isPresent()) {
        rejected.add(each.name() + ": " + unfit.get());
      } else {
        return Look.alreadySo(facts(each, badSince, rejected));
      }
    }
    throw ActionFailure.permanent(
        FailureCode.NO_RESTORE_POINT,
        "no recovery point of "
            + target.requiredBackup().instance()
            + " from before "
            + badSince
            + " can be restored"
            + (rejected.isEmpty() ? "" : ": " + String.join("; ", rejected)),
        "See the jobs of the backup vault, and why they make none.");
  }

  private static Map<String, String> facts(
      VaultPoint chosen, Instant badSince, List<String> rejected) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(ClusterFacts.POINT, chosen.name());
    facts.put(ClusterFacts.TAKEN_AT, chosen.takenAt().toString());
    facts.put(
        ClusterFacts.LOSS, Long.toString(Duration.between(chosen.takenAt(), badSince).toSeconds()));
    facts.put(ClusterFacts.REJECTED, String.join("; ", rejected));
    return facts;
  }
}
