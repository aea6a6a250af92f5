package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.BackupVault;
import io.arbitex.recovery.record.FailureCode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The vault's jobs, among them the restore that this command ordered. */
final class RestoreJobs {
  /** Azure that does not answer while a job runs is asked again for so long. */
  private static final Duration AWAY = Duration.ofMinutes(3);

  private static final Duration LINE = Duration.ofSeconds(20);

  /** Difference of the executor's clock and Azure's. */
  private static final Duration CLOCKS = Duration.ofMinutes(5);

  private static final Set<String> ENDED =
      Set.of("Completed", "CompletedWithWarnings", "Failed", "Cancelled");
  private static final int MOST_WARNINGS = 10;

  private final BackupVault vault;

  RestoreJobs(BackupVault vault) {
    this.vault = vault;
  }

  /** A job as it is now. */
  record Job(String id, JsonNode properties) {
    String status() {
      return properties.path("status").asText();
    }

    boolean succeeded() {
      return status().startsWith("Completed");
    }

    boolean ended() {
      return ENDED.contains(status());
    }

    String errorCode() {
      return properties.at("/errorDetails/0/code").asText();
    }

    String error() {
      return errorCode() + ", " + properties.at("/errorDetails/0/message").asText();
    }

    /** What it left out or could not do, in the vault's words, the first ten. */
    String warnings() {
      List<String> all = new ArrayList<>();
      JsonNode said = properties.at("/extendedInfo/warningDetails");
      for (JsonNode each : said) {
        if (all.size() < MOST_WARNINGS) {
          all.add(each.path("resourceName").asText() + ": " + each.at("/warning/message").asText());
        }
      }
      if (said.size() > all.size()) {
        all.add((said.size() - all.size()) + " more");
      }
      return String.join("; ", all);
    }
  }

  /**
   * A restore of this point into this cluster that began about or after a moment, and is none of
   * those that are known: the command's own, since the target is the command's.
   *
   * @param known names of jobs that are not meant
   */
  Optional<String> ordered(String cluster, String point, Instant since, List<String> known)
      throws ActionFailure, InterruptedException {
    for (JsonNode each : vault.jobs()) {
      String name = each.path("name").asText();
      boolean may =
          each.at("/properties/operation").asText().equals("Restore")
              && !known.contains(name)
              && !began(each).isBefore(since.minus(CLOCKS));
      if (may && vault.job(name).filter(job -> isFor(job, cluster, point)).isPresent()) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  private static Instant began(JsonNode job) throws ActionFailure {
    try {
      return OffsetDateTime.parse(job.at("/properties/startTime").asText()).toInstant();
    } catch (DateTimeException e) {
      throw new ActionFailure(
          FailureCode.UNKNOWN,
          "the begin of the job " + job.path("name").asText() + " cannot be read",
          "See the jobs of the vault.",
          false,
          e);
    }
  }

  private static boolean isFor(JsonNode job, String cluster, String point) {
    JsonNode more = job.at("/properties/extendedInfo");
    return more.path("recoveryDestination").asText().equalsIgnoreCase(cluster)
        && more.at("/sourceRecoverPoint/recoveryPointID").asText().equals(point);
  }

  /**
   * A job as it is now.
   *
   * @throws ActionFailure UNKNOWN when the vault does not know it
   */
  Job find(String id) throws ActionFailure, InterruptedException {
    return new Job(
        id,
        vault
            .job(id)
            .orElseThrow(
                () ->
                    ActionFailure.permanent(
                        FailureCode.UNKNOWN,
                        "the vault no longer knows the restore's job " + id,
                        "See the jobs of the vault, and what is in the target."))
            .path("properties"));
  }

  /**
   * Waits for a job's end, whatever it is.
   *
   * @throws ActionFailure at the end of the action's time
   */
  Job ended(ActionContext context, String id) throws ActionFailure, InterruptedException {
    Pace pace = new Pace();
    long begin = System.nanoTime();
    long lastLine = begin;
    long lastAnswer = begin;
    while (true) {
      try {
        Job job = find(id);
        lastAnswer = System.nanoTime();
        if (job.ended()) {
          return job;
        }
      } catch (ActionFailure e) {
        if (!e.retryable() || System.nanoTime() - lastAnswer > AWAY.toNanos()) {
          throw e;
        }
        context.progress(e.getMessage() + "; the vault works on, and is asked again");
      }
      if (System.nanoTime() - lastLine > LINE.toNanos()) {
        lastLine = System.nanoTime();
        context.progress(
            "the vault is restoring, for %d s"
                .formatted(TimeUnit.NANOSECONDS.toSeconds(lastLine - begin)));
      }
      pace.pause(context, "restore the backup by the job " + id);
    }
  }
}
