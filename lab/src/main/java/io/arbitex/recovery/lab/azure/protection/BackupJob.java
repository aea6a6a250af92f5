package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.operations.Fate;
import java.util.List;
import java.util.Map;

/**
 * A backup or a restore that was begun.
 *
 * @param vault its name
 * @param instance its name
 * @param point the recovery point that it makes or restores
 * @param request as it came, without an envelope
 * @param startedMillis since the epoch
 * @param endedMillis since the epoch; 0 while it runs
 * @param errorCode of one that failed, else null
 * @param details what it says of itself at its end
 */
public record BackupJob(
    String id,
    Kind kind,
    String vault,
    String instance,
    String point,
    JsonNode request,
    Fate fate,
    Status status,
    long startedMillis,
    long endedMillis,
    String errorCode,
    String errorMessage,
    List<Warning> warnings,
    Map<String, String> details) {

  public BackupJob {
    warnings = List.copyOf(warnings);
    details = Map.copyOf(details);
  }

  /** What is done. */
  public enum Kind {
    BACKUP("Backup"),
    RESTORE("Restore");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** As Azure says it. */
    public String text() {
      return text;
    }
  }

  /** As Azure names them. */
  public enum Status {
    IN_PROGRESS("InProgress"),
    COMPLETED("Completed"),
    COMPLETED_WITH_WARNINGS("CompletedWithWarnings"),
    FAILED("Failed");

    private final String text;

    Status(String text) {
      this.text = text;
    }

    /** In answers, and in the lab's files. */
    @JsonValue
    public String text() {
      return text;
    }
  }

  /** One that begins. */
  static BackupJob begun(
      String id,
      Kind kind,
      BackupInstance instance,
      String point,
      JsonNode request,
      Fate fate,
      long millis) {
    return new BackupJob(
        id,
        kind,
        instance.vault(),
        instance.name(),
        point,
        request,
        fate,
        Status.IN_PROGRESS,
        millis,
        0,
        null,
        null,
        List.of(),
        Map.of());
  }

  BackupJob failed(long millis, String code, String message) {
    return ended(Status.FAILED, millis, code, message, List.of(), Map.of());
  }

  BackupJob done(long millis, Outcome outcome) {
    Status how = outcome.warnings().isEmpty() ? Status.COMPLETED : Status.COMPLETED_WITH_WARNINGS;
    return ended(how, millis, null, null, outcome.warnings(), outcome.details());
  }

  private BackupJob ended(
      Status how,
      long millis,
      String code,
      String message,
      List<Warning> warnings,
      Map<String, String> details) {
    return new BackupJob(
        id,
        kind,
        vault,
        instance,
        point,
        request,
        fate,
        how,
        startedMillis,
        millis,
        code,
        message,
        warnings,
        details);
  }

  /** How one ends that did not fail. */
  record Outcome(List<Warning> warnings, Map<String, String> details) {}
}
