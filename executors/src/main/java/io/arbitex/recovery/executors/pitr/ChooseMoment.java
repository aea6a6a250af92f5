package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.checks.BaselineText;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.FlexibleServer;
import io.arbitex.recovery.executors.database.Checkpoints;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Symptom;
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
 * Preflight: the moment to restore to. See {@link RestoreMoment}. One that failed its proof before
 * is not tried again, and one that Azure's backups do not reach is told.
 */
final class ChooseMoment extends BoundAction {
  /** A canary that is older tells nothing of how far a restore came. */
  private static final Duration NEAR = Duration.ofHours(2);

  /** Difference of the observers' clocks and the server's, and the time a commit takes. */
  private static final Duration CLOCKS = Duration.ofSeconds(2);

  private final PitrSource source;

  ChooseMoment(PitrSource source) {
    super(
        "choose-moment",
        "choose the moment to restore to",
        false,
        Duration.ofMinutes(10),
        RetryPolicy.upTo(10, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Symptom symptom = symptom(context);
    Instant badSince = Instant.parse(context.required(RestoreFacts.BAD_SINCE));
    Set<String> excluded =
        new HashSet<>(List.of(context.fact(RestoreFacts.EXCLUDE).orElse("").split(",", -1)));
    Instant earliest = earliest(context);
    List<String> rejected = new ArrayList<>();
    byte[] key = source.auditKey();
    for (Duration back : Checkpoints.LOOK_BACK) {
      List<Baseline> proven =
          source.checkpoints().all(context, key, Optional.of(badSince), badSince.minus(back));
      List<RestoreMoment> candidates =
          RestoreMoment.candidates(symptom, proven, badSince, source.policy().archiveLag());
      rejected.clear();
      for (RestoreMoment each : candidates) {
        if (excluded.contains(each.id())) {
          rejected.add(each.at() + " failed a proof before");
        } else if (!each.withinWindow(earliest)) {
          rejected.add(each.at() + " is before " + earliest + ", where Azure's backups begin");
        } else {
          return Look.alreadySo(facts(context, key, symptom, each, rejected));
        }
      }
    }
    throw ActionFailure.permanent(
        FailureCode.NO_RESTORE_POINT,
        RestoreMoment.mustBeProven(symptom) && rejected.isEmpty()
            ? "no moment of this database before " + badSince + " was ever proven good"
            : "no moment to restore to: " + String.join("; ", rejected),
        "Choose a moment by hand, or let a dump be restored.");
  }

  private static Symptom symptom(ActionContext context) throws ActionFailure {
    String said = context.fact(RestoreFacts.SYMPTOM).orElse("");
    try {
      return Symptom.valueOf(said);
    } catch (IllegalArgumentException e) {
      // Without it nobody knows whether the newest data is the damage itself.
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "the command does not say what is wrong with the source: '" + said + "'",
          "Run a classifier of the same version as the executors.",
          false,
          e);
    }
  }

  private Instant earliest(ActionContext context) throws ActionFailure, InterruptedException {
    String name = context.required(PitrFacts.SOURCE_SERVER);
    return source
        .azure()
        .open(context)
        .find(name)
        .flatMap(FlexibleServer::earliestRestore)
        .orElseThrow(
            () ->
                ActionFailure.permanent(
                    FailureCode.NO_RESTORE_POINT,
                    "Azure no longer has a backup of " + name,
                    "See who deleted it."));
  }

  private Map<String, String> facts(
      ActionContext context,
      byte[] key,
      Symptom symptom,
      RestoreMoment moment,
      List<String> rejected)
      throws ActionFailure {
    Instant acknowledged = moment.at().minus(CLOCKS);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(RestoreFacts.POINT, moment.id());
    facts.put(PitrFacts.MOMENT, moment.at().toString());
    facts.put(
        PitrFacts.MOMENT_WHY,
        moment.checkpoint().isPresent()
            ? "the last moment that was proven good, since the source is " + symptom
            : "the newest moment, since the source is " + symptom);
    facts.put(PitrFacts.CHECKPOINT, moment.checkpoint().map(BaselineText::of).orElse(""));
    facts.put(
        PitrFacts.ANCHOR,
        // However old: the newest proven state is what a restore may not contradict.
        source
            .checkpoints()
            .newest(context, key, Optional.of(moment.at()))
            .map(BaselineText::of)
            .orElse(""));
    facts.put(
        PitrFacts.CANARY,
        source
            .checkpoints()
            .newestCanary(context, acknowledged, acknowledged.minus(NEAR))
            .map(each -> each.getCanaryId().toString())
            .orElse(""));
    facts.put(RestoreFacts.REJECTED, String.join("; ", rejected));
    return facts;
  }
}
