package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.record.FailureCode;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/**
 * What the source is now. Only a source to which no connection could be made is unreachable. One
 * that took the connection lives, however badly: it is cut over from only when the command says
 * that a living source was approved ({@link CutoverFacts#SOURCE_MAY_LIVE}).
 */
final class SourceJudge {
  private final CutoverSettings settings;
  private final SourceChecks checks;

  SourceJudge(CutoverSettings settings) {
    this.settings = settings;
    this.checks = new SourceChecks(settings);
  }

  /**
   * What was found, where a cutover may go on.
   *
   * @param state as in {@link CutoverFacts#SOURCE_STATE}
   */
  record Found(String state, String detail) {
    boolean unreachable() {
      return state.equals(CutoverFacts.UNREACHABLE);
    }
  }

  /**
   * Looks at the source.
   *
   * @throws ActionFailure SOURCE_SOUND when it is sound; NOT_CONFIRMED when it lives, is not sound,
   *     and nobody approved a cutover from a living source; PREFLIGHT when it cannot be judged
   */
  Found judge(ActionContext context) throws ActionFailure, InterruptedException {
    CutoverSettings.Source source = settings.source(context);
    String name = source.door().server().name() + "/" + source.database();
    Optional<String> unsound;
    try (Connection connection = source.door().open(source.database(), AdminDoor.SHORT)) {
      unsound = checks.unsound(context, source, connection);
    } catch (SQLException e) {
      return explain(context, name, e);
    }
    if (unsound.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          name + " answers, takes writes and is sound again; it is not cut over from",
          "Keep the restored database until it is known why the source was away.");
    }
    return living(context, "unsound", name + ": " + unsound.get());
  }

  /** No connection could be made, so nothing that answers is known to live there. */
  static boolean noConnection(SQLException error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ConnectException
          || each instanceof NoRouteToHostException
          || each instanceof UnknownHostException) {
        return true;
      }
      // Java has one exception for both timeouts; the one of the connection is told by its words.
      if (each instanceof SocketTimeoutException) {
        return String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT).startsWith("connect");
      }
    }
    return false;
  }

  static boolean mayLive(ActionContext context) {
    return context.fact(CutoverFacts.SOURCE_MAY_LIVE).filter("true"::equals).isPresent();
  }

  private static Found explain(ActionContext context, String name, SQLException error)
      throws ActionFailure {
    PostgresErrors.Diagnosis found = PostgresErrors.diagnose(error);
    String detail = name + ": " + DatabaseFailures.said(found);
    if (noConnection(error)) {
      return new Found(CutoverFacts.UNREACHABLE, detail);
    }
    return switch (found.symptom()) {
      case HUNG -> living(context, "hung", "it does not answer in time; " + detail);
      case DATA_MISSING -> living(context, "missing", detail);
      case CORRUPT -> living(context, "unsound", detail);
      case BUSY -> living(context, "busy", detail);
      // A connection that broke is looked at again: then the server is gone, or it lives.
      case UNREACHABLE, STARTING, TOO_MANY_CONNECTIONS ->
          throw new ActionFailure(
              FailureCode.NOT_CONFIRMED,
              "the source lives or has just ended, and may become sound: " + detail,
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

  private static Found living(ActionContext context, String state, String detail)
      throws ActionFailure {
    if (!mayLive(context)) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the source lives but is not sound ("
              + state
              + "), and a cutover from a living source is not approved: "
              + detail,
          "Look at the source: mend it, or approve the plan to cut over from it all the same.");
    }
    context.progress("the source lives but is not sound (" + state + "), approved: " + detail);
    return new Found(state, detail);
  }
}
