package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** What an error of a server means for the step that met it. */
public final class DatabaseFailures {
  /** Rows of customers stand in an error's detail and context, never in what these say. */
  private static final Pattern WITH_ROWS = Pattern.compile("\\s+(Detail|Where|Query): .*");

  private DatabaseFailures() {}

  /** An error in one line that may go into records: without the parts that can quote rows. */
  public static String said(PostgresErrors.Diagnosis found) {
    return WITH_ROWS.matcher(found.message()).replaceFirst("") + " (" + found.code() + ")";
  }

  /**
   * The failure of an action.
   *
   * @param doing what was tried, as the begin of a sentence: {@code spare: make the database}
   */
  public static ActionFailure of(String doing, SQLException error) {
    PostgresErrors.Diagnosis found = PostgresErrors.diagnose(error);
    String message = doing + ": " + said(found);
    return switch (found.symptom()) {
      case UNREACHABLE, HUNG, STARTING, TOO_MANY_CONNECTIONS, BUSY ->
          new ActionFailure(FailureCode.TARGET_UNREACHABLE, message, found.hint(), true, error);
      case AUTHENTICATION ->
          new ActionFailure(FailureCode.AUTHENTICATION, message, found.hint(), false, error);
      case DISK_FULL ->
          new ActionFailure(FailureCode.TARGET_FULL, message, found.hint(), false, error);
      case CERTIFICATE, READ_ONLY ->
          new ActionFailure(FailureCode.PREFLIGHT, message, found.hint(), false, error);
      case UNCLASSIFIED,
          NONE,
          CORRUPT,
          DATA_MISSING,
          DATA_LOST,
          WRITES_REFUSED,
          PERSISTENCE_FAILED ->
          new ActionFailure(FailureCode.UNKNOWN, message, found.hint(), false, error);
    };
  }
}
