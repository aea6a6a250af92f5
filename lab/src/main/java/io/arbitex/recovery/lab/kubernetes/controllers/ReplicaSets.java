package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Replica sets: as many pods of a template as they say. */
final class ReplicaSets implements Controller {
  /** Those that serve least go first: not ready, then the youngest. */
  private static final Comparator<JsonNode> LEAST_WORTH =
      Comparator.<JsonNode, Boolean>comparing(Pods::isReady)
          .thenComparing(
              pod -> pod.at("/metadata/creationTimestamp").asText(), Comparator.reverseOrder());

  private final Registry registry;
  private final EventRecorder events;
  private final CreateBackoff backoff;
  private final Clock clock;

  ReplicaSets(Registry registry, EventRecorder events, Clock clock) {
    this.registry = registry;
    this.events = events;
    this.backoff = new CreateBackoff(clock);
    this.clock = clock;
  }

  @Override
  public void reconcile() {
    List<ObjectNode> sets = registry.all(ResourceTypes.REPLICA_SET, "");
    backoff.keepOnly(sets.stream().map(Meta::uid).collect(Collectors.toSet()));
    sets.forEach(this::reconcile);
  }

  private void reconcile(ObjectNode set) {
    List<ObjectNode> active = Pods.of(registry, set).stream().filter(Pods::isActive).toList();
    if (!Meta.isBeingDeleted(set)) {
      int missing = set.at("/spec/replicas").asInt() - active.size();
      if (missing <= 0) {
        backoff.settled(set);
      }
      for (int i = 0; i < missing && backoff.isDue(set); i++) {
        create(set);
      }
      active.stream().sorted(LEAST_WORTH).limit(Math.max(0, -missing)).forEach(this::delete);
    }
    report(set);
  }

  private void create(ObjectNode set) {
    ObjectNode pod = Pods.fromTemplate(ResourceTypes.REPLICA_SET, set);
    pod.withObject("/metadata").put("generateName", Meta.name(set) + "-");
    try {
      ObjectNode made = registry.create(ResourceTypes.POD, Meta.namespace(set), pod, false);
      events.normal(set, "SuccessfulCreate", "Created pod: " + Meta.name(made));
      backoff.settled(set);
    } catch (ApiFailure e) {
      events.warn(set, "FailedCreate", "Error creating: " + e.getMessage());
      backoff.refused(set, e.getMessage());
    }
  }

  private void delete(ObjectNode pod) {
    registry.delete(ObjectKey.of(ResourceTypes.POD, pod), DeleteOptions.DEFAULT);
  }

  private void report(ObjectNode set) {
    List<ObjectNode> active = Pods.of(registry, set).stream().filter(Pods::isActive).toList();
    int minReady = set.at("/spec/minReadySeconds").asInt(0);
    long ready = active.stream().filter(Pods::isReady).count();
    long available =
        active.stream().filter(pod -> Pods.isAvailable(pod, minReady, clock.instant())).count();
    registry.amend(
        ObjectKey.of(ResourceTypes.REPLICA_SET, set),
        each -> {
          ObjectNode before = ReplicaFailure.of(each);
          ObjectNode status =
              each.putObject("status")
                  .put("observedGeneration", Meta.generation(set))
                  .put("replicas", active.size())
                  .put("fullyLabeledReplicas", active.size())
                  .put("readyReplicas", (int) ready)
                  .put("availableReplicas", (int) available);
          backoff
              .refusal(set)
              .ifPresent(
                  why ->
                      status
                          .putArray("conditions")
                          .add(ReplicaFailure.because(why, before, clock.instant())));
        });
  }
}
