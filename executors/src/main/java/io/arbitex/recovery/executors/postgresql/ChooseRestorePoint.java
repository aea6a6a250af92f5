package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.checks.RestorePointManifest.Found;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.Symptom;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Preflight: the dump to restore. The newest one that a rehearsal has proven, as long as it loses
 * no more than the RPO; else the newest intact one, since what is restored is proven here before
 * anybody uses it. None that was taken since the source is bad: it may hold the damage. Where the
 * data itself is what is wrong, it may have been so before anybody saw it: then none that is newer
 * than the last moment at which the source was proven whole, where one is known. A damaged one is
 * told with its reason, and the one before it is taken.
 */
final class ChooseRestorePoint extends BoundAction {
  private final DumpSource source;
  private final RestoreTool tool;

  ChooseRestorePoint(DumpSource source) {
    super(
        "choose-restore-point",
        "choose the newest good dump",
        false,
        Duration.ofHours(2),
        RetryPolicy.upTo(5, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.source = source;
    this.tool = new RestoreTool(source.postgresql().tools());
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    List<String> rejected = new ArrayList<>();
    RestorePointManifest.Catalogue catalogue =
        RestorePointManifest.list(source.postgresql().backups());
    catalogue.unreadable().forEach(each -> reject(context, rejected, each.reason()));
    DumpInspection inspection =
        new DumpInspection(
            tool,
            Integer.parseInt(context.required(DumpFacts.TOOLS_MAJOR)),
            Integer.parseInt(context.required(DumpFacts.SERVER_MAJOR)));
    for (Found candidate : inOrder(context, catalogue.restorePoints(), rejected)) {
      RestorePoint point = candidate.point();
      context.progress(
          "checking " + point.getId() + ", taken at " + point.getTakenAt() + ", " + size(point));
      Optional<String> fault = inspection.fault(context, candidate, context.remaining());
      if (fault.isEmpty()) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(RestoreFacts.POINT, point.getId());
        facts.put(RestoreFacts.TAKEN_AT, point.getTakenAt().toString());
        facts.put(DumpFacts.MANIFEST, candidate.manifest().toString());
        facts.put(RestoreFacts.REJECTED, String.join("; ", rejected));
        return Look.alreadySo(facts);
      }
      reject(context, rejected, point.getId() + " " + fault.get());
    }
    throw ActionFailure.permanent(
        FailureCode.NO_RESTORE_POINT,
        "no usable dump in "
            + source.postgresql().backups()
            + (rejected.isEmpty() ? ": there is none" : ": " + String.join("; ", rejected)),
        "Bring a copy of a dump with its manifest from elsewhere into one of the folders.");
  }

  private static void reject(ActionContext context, List<String> rejected, String why) {
    rejected.add(why);
    context.progress("rejected: " + why);
  }

  /** When the source was last proven whole, where what came later may hold the damage. */
  private Optional<Instant> lastProven(ActionContext context, Optional<Instant> badSince)
      throws ActionFailure {
    String symptom = context.fact(RestoreFacts.SYMPTOM).orElse("");
    return symptom.equals(Symptom.CORRUPT.name()) || symptom.equals(Symptom.DATA_MISSING.name())
        ? source
            .checkpoints()
            .newest(context, source.auditKeyBytes(), badSince)
            .map(Baseline::getTakenAt)
        : Optional.empty();
  }

  private List<Found> inOrder(ActionContext context, List<Found> newestFirst, List<String> rejected)
      throws ActionFailure {
    Set<String> excluded =
        new HashSet<>(List.of(context.fact(RestoreFacts.EXCLUDE).orElse("").split(",", -1)));
    Optional<Instant> badSince = context.fact(RestoreFacts.BAD_SINCE).map(Instant::parse);
    Optional<Instant> proven = lastProven(context, badSince);
    List<Found> candidates = new ArrayList<>();
    for (Found each : newestFirst) {
      RestorePoint point = each.point();
      if (!point.getPlatform().equals(source.platform())
          || !point.getComponent().equals(source.component())
          || point.getKind() != RestorePointKind.DUMP) {
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
      } else if (proven.filter(good -> point.getTakenAt().isAfter(good)).isPresent()) {
        rejected.add(
            point.getId()
                + " was taken at "
                + point.getTakenAt()
                + ", after the source was last proven whole (at "
                + proven.get()
                + "): it may hold the damage");
      } else if (!Files.isReadable(each.dump())) {
        rejected.add(point.getId() + " has a manifest but no readable dump " + each.dump());
      } else {
        candidates.add(each);
      }
    }
    Instant lost = badSince.orElseGet(() -> context.clock().instant());
    candidates.stream()
        .filter(each -> each.point().getProvenAt() != null)
        .filter(each -> !each.point().getTakenAt().isBefore(lost.minus(source.rpo())))
        .findFirst()
        .ifPresent(
            first -> {
              candidates.remove(first);
              candidates.add(0, first);
            });
    return candidates;
  }

  private static String size(RestorePoint point) {
    return "%.1f MB".formatted(point.getSizeBytes() / 1e6);
  }
}
