package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;

/** Jobs: pods until enough have succeeded or too many have failed. */
final class Jobs implements Controller {
  private final Registry registry;
  private final EventRecorder events;
  private final CreateBackoff backoff;
  private final Clock clock;

  Jobs(Registry registry, EventRecorder events, Clock clock) {
    this.registry = registry;
    this.events = events;
    this.backoff = new CreateBackoff(clock);
    this.clock = clock;
  }

  @Override
  public void reconcile() {
    List<ObjectNode> jobs = registry.all(ResourceTypes.JOB, "");
    backoff.keepOnly(jobs.stream().map(Meta::uid).collect(Collectors.toSet()));
    jobs.stream().filter(each -> !Meta.isBeingDeleted(each)).forEach(this::reconcile);
  }

  private void reconcile(ObjectNode job) {
    if (job.at("/spec/selector").isMissingNode()) {
      select(job);
      return;
    }
    List<ObjectNode> pods = Pods.of(registry, job);
    int succeeded = count(pods, "Succeeded");
    int failed = count(pods, "Failed");
    int active = (int) pods.stream().filter(Pods::isActive).count();
    int completions = job.at("/spec/completions").asInt(1);
    boolean complete = succeeded >= completions;
    boolean hopeless = failed > job.at("/spec/backoffLimit").asInt(6);
    if (!complete && !hopeless && !job.at("/spec/suspend").asBoolean()) {
      int wanted = Math.min(job.at("/spec/parallelism").asInt(1), completions - succeeded) - active;
      for (int i = 0; i < wanted && backoff.isDue(job); i++) {
        if (create(job)) {
          active++;
        }
      }
    }
    report(job, active, succeeded, failed, complete ? "Complete" : hopeless ? "Failed" : "");
  }

  private boolean create(ObjectNode job) {
    ObjectNode pod = Pods.fromTemplate(ResourceTypes.JOB, job);
    pod.withObject("/metadata").put("generateName", Meta.name(job) + "-");
    try {
      ObjectNode made = registry.create(ResourceTypes.POD, Meta.namespace(job), pod, false);
      events.normal(job, "SuccessfulCreate", "Created pod: " + Meta.name(made));
      backoff.settled(job);
      return true;
    } catch (ApiFailure e) {
      events.warn(job, "FailedCreate", "Error creating: " + e.getMessage());
      backoff.refused(job, e.getMessage());
      return false;
    }
  }

  private static int count(List<ObjectNode> pods, String phase) {
    return (int)
        pods.stream().filter(pod -> pod.at("/status/phase").asText().equals(phase)).count();
  }

  /** The server writes a job's selector, so that two jobs never share pods. */
  private void select(ObjectNode job) {
    registry.amend(
        ObjectKey.of(ResourceTypes.JOB, job),
        each -> {
          each.withObject("/spec/selector/matchLabels")
              .put("batch.kubernetes.io/controller-uid", Meta.uid(job));
          each.withObject("/spec/template/metadata/labels")
              .put("batch.kubernetes.io/controller-uid", Meta.uid(job))
              .put("batch.kubernetes.io/job-name", Meta.name(job))
              .put("job-name", Meta.name(job));
        });
  }

  private void report(ObjectNode job, int active, int succeeded, int failed, String condition) {
    String now = Meta.time(clock.instant());
    registry.amend(
        ObjectKey.of(ResourceTypes.JOB, job),
        each -> {
          ObjectNode status = each.withObject("/status");
          if (!status.has("startTime")) {
            status.put("startTime", now);
          }
          status.put("active", active).put("succeeded", succeeded).put("failed", failed);
          if (!condition.isEmpty() && !status.has("conditions")) {
            status
                .putArray("conditions")
                .addObject()
                .put("type", condition)
                .put("status", "True")
                .put("lastTransitionTime", now);
            if (condition.equals("Complete")) {
              status.put("completionTime", now);
            }
          }
        });
  }
}
