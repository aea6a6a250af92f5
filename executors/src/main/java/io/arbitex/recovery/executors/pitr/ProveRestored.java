package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.BaselineText;
import io.arbitex.recovery.checks.Canary;
import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.checks.RestoredMoment;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.CriticalRows;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.TableCount;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The restored data is whole, and is that of the moment: its audit chain is unbroken from the first
 * event, contains the end that was known of that moment, and says nothing of later. Success codes
 * say none of it: a restore that ended early promotes all the same (CloudNativePG #5177).
 */
final class ProveRestored extends BoundAction {
  private static final int CHAIN_THREADS = 2;

  private final PitrSource source;

  ProveRestored(PitrSource source) {
    super(
        "prove-database",
        "prove the restored data",
        true,
        Duration.ofHours(2),
        RetryPolicy.upTo(3, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    MarkedDatabase restored = source.restored(context);
    try {
      Optional<DatabaseMark> mark = own(context, restored);
      return mark.isPresent() && mark.get().reached(DatabaseMark.Stage.PROVEN)
          ? Look.alreadySo(mark.get().facts())
          : Look.notYet("the database " + restored.name() + " is not marked as proven");
    } catch (SQLException e) {
      throw DatabaseFailures.of(restored.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    MarkedDatabase restored = source.restored(context);
    try {
      DatabaseMark mark =
          own(context, restored)
              .filter(found -> found.reached(DatabaseMark.Stage.RESTORED))
              .orElseThrow(
                  () ->
                      ActionFailure.permanent(
                          FailureCode.NOT_CONFIRMED,
                          "the restored database no longer carries our mark",
                          "See who changed it."));
      Map<String, String> facts = prove(context, restored);
      restored.advance(mark.at(DatabaseMark.Stage.PROVEN, context.token(), facts));
    } catch (SQLException e) {
      throw failure(restored.door().server().name() + ": prove " + restored.name(), e);
    }
  }

  private Map<String, String> prove(ActionContext context, MarkedDatabase restored)
      throws SQLException, ActionFailure, InterruptedException {
    Instant moment = Instant.parse(context.required(PitrFacts.MOMENT));
    Optional<Baseline> checkpoint = baseline(context, PitrFacts.CHECKPOINT);
    // Where the moment itself was never proven, an earlier one was: no row of it may be missing.
    Optional<Baseline> anchor =
        checkpoint.isPresent() ? checkpoint : baseline(context, PitrFacts.ANCHOR);
    List<CheckResult> results = new ArrayList<>();
    Baseline measured;
    Optional<Canary.Row> canary;
    try (Connection inside = restored.door().open(restored.name(), context.remaining())) {
      measured =
          new BaselineReader(
                  source.platform().name(),
                  source.component(),
                  source.postgresql().criticalTables(),
                  context.clock())
              .read(inside, restored.door().server().name());
      canary = Canary.newest(inside);
      results.add(RestoredMoment.nothingLater(inside, measured.getAuditHeadId(), moment));
      results.add(MomentChecks.validIndexes(inside));
    }
    results.addAll(
        MomentChecks.reached(context.fact(PitrFacts.CANARY).orElse(""), canary, anchor, measured));
    checkpoint.ifPresent(known -> results.addAll(MomentChecks.counts(known, measured)));
    anchor.ifPresent(
        known -> results.add(MomentChecks.kept(known, measured, source.postgresql().keeps())));
    context.progress("counts, heads and indexes are checked; now the audit chain");
    ChainVerdict chain =
        new AuditChain(source.auditKey(), AdminDoor.CONNECT, context.remaining())
            .verify(
                restored.door().address(restored.name()),
                CHAIN_THREADS,
                anchor.map(ChainAnchor::of));
    results.add(chain.asCheck());
    refuseUnlessAllPassed(results);
    return facts(moment, canary, measured, chain);
  }

  private static Map<String, String> facts(
      Instant moment, Optional<Canary.Row> canary, Baseline measured, ChainVerdict chain) {
    // Where the archive ended before the moment, the data is older than was asked for.
    Instant newest = canary.map(Canary.Row::at).filter(at -> at.isBefore(moment)).orElse(moment);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(RestoreFacts.TAKEN_AT, newest.toString());
    facts.put(RestoreFacts.BASELINE, BaselineText.of(measured));
    facts.put(
        RestoreFacts.RESTORED_ROWS,
        Long.toString(measured.getCounts().stream().mapToLong(TableCount::getRows).sum()));
    facts.put(RestoreFacts.CRITICAL_ROWS, CriticalRows.text(measured.getCounts()));
    facts.put(RestoreFacts.AUDIT_HEAD, Long.toString(chain.headId()));
    facts.put(RestoreFacts.AUDIT_HEAD_HMAC, chain.headHmac());
    facts.put(RestoreFacts.AUDIT_COUNT, Long.toString(chain.rows()));
    return facts;
  }

  private static Optional<Baseline> baseline(ActionContext context, String fact)
      throws ActionFailure {
    String text = context.fact(fact).orElse("");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(BaselineText.read(text));
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "the checkpoint that was chosen cannot be read again: " + e,
          "See the facts of choose-moment in the journal.",
          false,
          e);
    }
  }

  private static Optional<DatabaseMark> own(ActionContext context, MarkedDatabase restored)
      throws SQLException, ActionFailure {
    return restored
        .find()
        .flatMap(MarkedDatabase.Found::mark)
        .filter(mark -> mark.isOf(context.command().getCommandId()));
  }

  /** What is missing or damaged in what was just restored fails the proof. */
  private static ActionFailure failure(String doing, SQLException error) {
    PostgresErrors.Diagnosis found = PostgresErrors.diagnose(error);
    return switch (found.symptom()) {
      case DATA_MISSING, CORRUPT ->
          new ActionFailure(
              FailureCode.PROOF_FAILED,
              doing + ": " + found.message(),
              "Try an earlier moment.",
              false,
              error);
      default -> DatabaseFailures.of(doing, error);
    };
  }

  private static void refuseUnlessAllPassed(List<CheckResult> results) throws ActionFailure {
    String failed =
        results.stream()
            .filter(result -> !result.passed())
            .map(
                result ->
                    "%s expected %s, found %s"
                        .formatted(result.check(), result.expected(), result.measured()))
            .collect(Collectors.joining("; "));
    if (!failed.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PROOF_FAILED,
          "the restored data is not that of the moment, or not whole: " + failed,
          "Try an earlier moment.");
    }
  }
}
