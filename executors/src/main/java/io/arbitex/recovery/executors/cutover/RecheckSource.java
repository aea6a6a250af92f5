package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.FailureCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Preflight: the source is not sound again. If it answers, reads, takes a write and its whole audit
 * chain holds and contains the restore point, then it is the better database, and nothing is cut
 * over. A source that lives but cannot be judged (wrong password, full, starting) is not guessed
 * about: a person must look.
 */
final class RecheckSource extends BoundAction {
  private static final int CHAIN_THREADS = 2;

  private final CutoverSettings settings;

  RecheckSource(CutoverSettings settings) {
    super(
        "recheck-source",
        "look at the source once more",
        false,
        Duration.ofMinutes(10),
        RetryPolicy.upTo(10, Duration.ofSeconds(1), Duration.ofSeconds(3)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    CutoverSettings.Source source = settings.source(context);
    String name = source.door().server().name() + "/" + source.database();
    Optional<String> unsound;
    try (Connection connection = source.door().open(source.database(), AdminDoor.SHORT)) {
      unsound = unsound(context, source, connection);
    } catch (SQLException e) {
      return judge(name, e);
    }
    if (unsound.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          name + " answers, takes writes and is sound again; nothing was changed",
          "Keep the restored database until it is known why the source was away.");
    }
    context.progress(name + " lives but is not sound: " + unsound.get());
    return found("unsound", unsound.get());
  }

  /** What is wrong with a source that answers; empty when it is sound. */
  private Optional<String> unsound(
      ActionContext context, CutoverSettings.Source source, Connection connection)
      throws SQLException, ActionFailure, InterruptedException {
    if (Sql.yes(connection, "SELECT pg_is_in_recovery()")) {
      return Optional.of("it is in recovery and takes no writes");
    }
    if (!Sql.column(connection, "SHOW transaction_read_only").equals(List.of("off"))) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the source lives and its data can be read, but it is set to take no writes",
          "See who set default_transaction_read_only and why; a restore would not help.");
    }
    // Makes the server write and flush a commit, and changes nothing that anybody could read.
    connection.setAutoCommit(false);
    Sql.column(connection, "SELECT pg_current_xact_id()::text");
    connection.commit();
    connection.setAutoCommit(true);
    for (String table : settings.postgresql().criticalTables()) {
      // A table of the inventory, which the platform's owner wrote.
      if (Sql.number(
              connection, "SELECT count(*) FROM (SELECT 1 FROM " + quoted(table) + " LIMIT 1) x")
          == 0) {
        return Optional.of("its critical table " + table + " is empty");
      }
    }
    ChainVerdict chain =
        new AuditChain(settings.auditKey(), AdminDoor.CONNECT, context.remaining())
            .verify(source.door().address(source.database()), CHAIN_THREADS, anchor(context));
    return chain.valid() ? Optional.empty() : Optional.of(chain.asCheck().measured());
  }

  private static Look judge(String name, SQLException error) throws ActionFailure {
    PostgresErrors.Diagnosis found = PostgresErrors.diagnose(error);
    String detail = name + ": " + found.message() + " (" + found.code() + ")";
    return switch (found.symptom()) {
      case UNREACHABLE, HUNG -> found("unreachable", detail);
      case DATA_MISSING -> found("missing", detail);
      case CORRUPT -> found("unsound", detail);
      case STARTING, TOO_MANY_CONNECTIONS, BUSY ->
          throw new ActionFailure(
              FailureCode.PREFLIGHT,
              "the source lives and may become sound: " + detail,
              found.hint(),
              true,
              error);
      default ->
          throw new ActionFailure(
              FailureCode.PREFLIGHT,
              "the source lives but cannot be judged, so it is not cut over from: " + detail,
              found.hint(),
              false,
              error);
    };
  }

  private static Look found(String state, String detail) {
    return Look.alreadySo(
        Map.of(CutoverFacts.SOURCE_STATE, state, CutoverFacts.SOURCE_DETAIL, detail));
  }

  private static Optional<ChainAnchor> anchor(ActionContext context) {
    return context
        .fact(CutoverFacts.AUDIT_HEAD)
        .map(
            head ->
                new ChainAnchor(
                    Long.parseLong(context.required(CutoverFacts.AUDIT_COUNT)),
                    Long.parseLong(head),
                    context.required(CutoverFacts.AUDIT_HEAD_HMAC)));
  }

  private static String quoted(String table) {
    return "\"" + table.replace("\"", "\"\"").replace(".", "\".\"") + "\"";
  }
}
