package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.BaselineComparison;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.CriticalRows;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.TableCount;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The restored data is the data of the dump's snapshot: every count, the head of the migrations and
 * of the audit chain equal the baseline that was taken in that snapshot, the chain is unbroken, and
 * every index and constraint is valid. Only then does the mark say PROVEN, and only a database with
 * that mark is ever cut over to.
 */
final class ProveDatabase extends BoundAction {
  private static final int CHAIN_THREADS = 2;

  private final DumpSource source;
  private final RestoreTool tool;

  ProveDatabase(DumpSource source) {
    super(
        "prove-database",
        "prove the restored data",
        true,
        Duration.ofHours(2),
        RetryPolicy.upTo(3, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.source = source;
    this.tool = new RestoreTool(source.postgresql().tools());
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try {
      Optional<DatabaseMark> mark = fresh.mark();
      return mark.isPresent() && mark.get().reached(DatabaseMark.Stage.PROVEN)
          ? Look.alreadySo(mark.get().facts())
          : Look.notYet("the database " + fresh.name() + " is not marked as proven");
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    ChosenDump dump = ChosenDump.of(context);
    DumpScript script = dump.statements(context, tool);
    try {
      DatabaseMark mark =
          fresh
              .mark()
              .filter(found -> found.reached(DatabaseMark.Stage.RESTORED))
              .orElseThrow(() -> AnalyzeDatabase.notRestored(fresh));
      Map<String, String> facts = prove(context, fresh, dump.point().getBaseline(), script);
      fresh.marked().advance(mark.at(DatabaseMark.Stage.PROVEN, context.token(), facts));
    } catch (SQLException e) {
      throw failure(fresh.door().server().name() + ": prove " + fresh.name(), e);
    }
  }

  /** What is missing or damaged in what was just restored fails the proof. */
  private static ActionFailure failure(String doing, SQLException error) {
    PostgresErrors.Diagnosis found = PostgresErrors.diagnose(error);
    return switch (found.symptom()) {
      case DATA_MISSING, CORRUPT ->
          new ActionFailure(
              FailureCode.PROOF_FAILED,
              doing + ": " + found.message(),
              "Try an older restore point.",
              false,
              error);
      default -> DatabaseFailures.of(doing, error);
    };
  }

  private Map<String, String> prove(
      ActionContext context, FreshDatabase fresh, Baseline baseline, DumpScript script)
      throws SQLException, ActionFailure, InterruptedException {
    List<CheckResult> results = new ArrayList<>();
    Baseline measured;
    try (Connection inside = fresh.door().open(fresh.name(), context.remaining())) {
      List<String> tables = baseline.getCounts().stream().map(TableCount::getTable).toList();
      measured =
          new BaselineReader(source.platform(), source.component(), tables, context.clock())
              .read(inside, fresh.name());
      results.addAll(BaselineComparison.exactly(baseline, measured));
      results.add(
          none(
              inside,
              "invalid-indexes",
              "SELECT count(*) FROM pg_index WHERE NOT indisvalid OR NOT indisready"));
      long unvalidated =
          Sql.number(inside, "SELECT count(*) FROM pg_constraint WHERE NOT convalidated");
      results.add(
          CheckResult.of(
              "unvalidated-constraints",
              unvalidated == script.unvalidated(),
              script.unvalidated() + ", as in the dump",
              unvalidated));
    }
    context.progress("counts, heads, indexes and constraints are checked; now the audit chain");
    ChainVerdict chain =
        new AuditChain(source.auditKeyBytes())
            .verify(
                fresh.door().address(fresh.name()),
                CHAIN_THREADS,
                Optional.of(ChainAnchor.of(baseline)));
    results.add(chain.asCheck());
    refuseUnlessAllPassed(results);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        RestoreFacts.RESTORED_ROWS,
        Long.toString(measured.getCounts().stream().mapToLong(TableCount::getRows).sum()));
    facts.put(RestoreFacts.CRITICAL_ROWS, CriticalRows.text(measured.getCounts()));
    facts.put(RestoreFacts.AUDIT_HEAD, Long.toString(chain.headId()));
    facts.put(RestoreFacts.AUDIT_HEAD_HMAC, chain.headHmac());
    facts.put(RestoreFacts.AUDIT_COUNT, Long.toString(chain.rows()));
    return facts;
  }

  private static CheckResult none(Connection inside, String check, String query)
      throws SQLException {
    long found = Sql.number(inside, query);
    return CheckResult.of(check, found == 0, 0, found);
  }

  private static void refuseUnlessAllPassed(List<CheckResult> results) throws ActionFailure {
    String failed =
        results.stream()
            .filter(result -> !result.passed())
            .map(
                result ->
                    result.check()
                        + " expected "
                        + result.expected()
                        + ", found "
                        + result.measured())
            .collect(Collectors.joining("; "));
    if (!failed.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PROOF_FAILED,
          "the restored data is not what the baseline says: " + failed,
          "Try an older restore point; see why this dump differs from its own baseline.");
    }
  }
}
