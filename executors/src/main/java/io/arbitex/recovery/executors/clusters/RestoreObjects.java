package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.BackupVault;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.executors.azure.ResourceManager;
import io.arbitex.recovery.executors.clusters.RestoreJobs.Job;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The vault restores the chosen point into the target. It is ordered once: before the order it is
 * journalled that there is one, and whoever finds that without an answer looks for its job first. A
 * job that failed is ordered a second time, since pods of the extension are restarted at times and
 * what is there already is skipped; after that the point is given up for an older one.
 */
final class RestoreObjects extends ClusterAction {
  private static final int MOST_ORDERS = 2;

  RestoreObjects(ClusterTarget target) {
    super(
        target,
        "restore-objects",
        "let the vault restore the platform's objects into the cluster",
        true,
        Duration.ofMinutes(45));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> known = job(context);
    if (known.isEmpty()) {
      return Look.notYet("no restore into " + target.name(context) + " is known to be done");
    }
    Job job = new RestoreJobs(target.vault(context)).find(known.get());
    return job.succeeded()
        ? Look.alreadySo(
            Map.of(ClusterFacts.JOB_STATUS, job.status(), ClusterFacts.WARNINGS, job.warnings()))
        : Look.notYet("the restore is " + job.status());
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    BackupVault vault = target.vault(context);
    RestoreJobs jobs = new RestoreJobs(vault);
    Optional<String> known = job(context);
    if (known.isEmpty()) {
      known = earlier(context, vault, jobs);
    }
    if (known.isEmpty()) {
      known = order(context, vault, jobs);
    }
    context.remember(ClusterFacts.JOB, known.get());
    Job job = jobs.ended(context, known.get());
    if (!job.succeeded()) {
      throw failed(context, job);
    }
  }

  private static Optional<String> job(ActionContext context) {
    return context.fact(ClusterFacts.JOB).filter(id -> !id.isEmpty());
  }

  private static List<String> failedJobs(ActionContext context) {
    return context
        .fact(ClusterFacts.FAILED_JOBS)
        .filter(all -> !all.isEmpty())
        .map(all -> List.of(all.split(",", -1)))
        .orElse(List.of());
  }

  /** The job of an order that a crash or a lost answer has cut off from us. */
  private Optional<String> earlier(ActionContext context, BackupVault vault, RestoreJobs jobs)
      throws ActionFailure, InterruptedException {
    Optional<String> ordered = context.fact(ClusterFacts.ORDERED).filter(at -> !at.isEmpty());
    if (ordered.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> operation =
        context.fact(ClusterFacts.RESTORE_OPERATION).filter(at -> !at.isEmpty());
    if (operation.isPresent()) {
      Optional<String> job = jobOf(context, vault, operation.get());
      if (job.isPresent()) {
        return job;
      }
    }
    Pace pace = new Pace();
    long end = System.nanoTime() + target.unanswered().toNanos();
    while (true) {
      Optional<String> found =
          jobs.ordered(
              target.clusters(context).id(target.name(context)),
              context.required(ClusterFacts.POINT),
              Instant.parse(ordered.get()),
              failedJobs(context));
      if (found.isPresent() || System.nanoTime() - end >= 0) {
        return found;
      }
      pace.pause(context, "look for the restore that may have been ordered");
    }
  }

  /** What an operation says of its job; empty when Azure no longer knows the operation. */
  private static Optional<String> jobOf(ActionContext context, BackupVault vault, String operation)
      throws ActionFailure, InterruptedException {
    return OperationWait.result(context, vault.azure(), operation, "begin the restore")
        .map(said -> said.path("jobId").asText(""))
        .filter(id -> !id.isEmpty())
        .map(id -> id.substring(id.lastIndexOf('/') + 1));
  }

  private Optional<String> order(ActionContext context, BackupVault vault, RestoreJobs jobs)
      throws ActionFailure, InterruptedException {
    ObjectNode order = request(context, vault);
    OperationWait.end(
        context,
        vault.azure(),
        vault.beginValidation(order),
        "find that " + context.required(ClusterFacts.POINT) + " can be restored");
    ClusterTarget.refuseUnlessAllowed(context);
    context.remember(ClusterFacts.RESTORE_OPERATION, "");
    context.remember(ClusterFacts.ORDERED, context.clock().instant().toString());
    try {
      Optional<String> operation = vault.beginRestore(order);
      if (operation.isPresent()) {
        context.remember(ClusterFacts.RESTORE_OPERATION, operation.get());
      }
    } catch (ActionFailure e) {
      if (ResourceManager.isRefusal(e)) {
        context.remember(ClusterFacts.ORDERED, "");
      }
      throw e;
    }
    return Optional.of(
        earlier(context, vault, jobs)
            .orElseThrow(
                () ->
                    ActionFailure.permanent(
                        FailureCode.UNKNOWN,
                        "Azure took the restore but has no job of it",
                        "See the jobs of the vault, and what is in the target.")));
  }

  private ObjectNode request(ActionContext context, BackupVault vault)
      throws ActionFailure, InterruptedException {
    JsonNode instance =
        vault
            .instance()
            .orElseThrow(
                () ->
                    ActionFailure.permanent(
                        FailureCode.NO_RESTORE_POINT,
                        "the vault no longer has the backup instance",
                        "See who deleted it: the vault may keep it as soft-deleted."));
    String name = target.name(context);
    return RestoreRequest.of(
        instance,
        context.required(ClusterFacts.POINT),
        target.clusters(context).id(name),
        name,
        target.kubernetes().namespace(),
        !target.hasVolumes());
  }

  private static ActionFailure failed(ActionContext context, Job job) {
    List<String> failed = new ArrayList<>(failedJobs(context));
    failed.add(job.id());
    context.remember(ClusterFacts.FAILED_JOBS, String.join(",", failed));
    context.remember(ClusterFacts.ORDERED, "");
    context.remember(ClusterFacts.JOB, "");
    String message = "the restore ended as " + job.status() + ": " + job.error();
    boolean another = job.errorCode().contains("RecoveryPoint") || failed.size() >= MOST_ORDERS;
    return another
        ? ActionFailure.permanent(
            FailureCode.PROOF_FAILED, message, "An older recovery point is tried.")
        : ActionFailure.passing(
            FailureCode.TOOL_FAILED, message, "See the job in the vault; it is tried once more.");
  }
}
