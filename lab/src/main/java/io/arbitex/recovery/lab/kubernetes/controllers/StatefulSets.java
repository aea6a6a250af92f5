package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Clock;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Stateful sets: numbered pods, each with claims of its own. */
final class StatefulSets implements Controller {
  private static final String REVISION = "controller-revision-hash";

  private final Registry registry;
  private final EventRecorder events;
  private final StatefulClaims claims;
  private final CreateBackoff backoff;
  private final Clock clock;

  StatefulSets(Registry registry, EventRecorder events, Clock clock) {
    this.registry = registry;
    this.events = events;
    this.claims = new StatefulClaims(registry);
    this.backoff = new CreateBackoff(clock);
    this.clock = clock;
  }

  @Override
  public void reconcile() {
    List<ObjectNode> sets = registry.all(ResourceTypes.STATEFUL_SET, "");
    backoff.keepOnly(sets.stream().map(Meta::uid).collect(Collectors.toSet()));
    for (ObjectNode set : sets) {
      if (!Meta.isBeingDeleted(set)) {
        step(set);
        claims.retain(set);
      }
      report(set);
    }
  }

  private static String revision(JsonNode set) {
    return Meta.name(set) + "-" + PodTemplates.hash(set.at("/spec/template"));
  }

  private void step(ObjectNode set) {
    String revision = revision(set);
    SortedMap<Integer, ObjectNode> pods = pods(set);
    SortedMap<Integer, OrdinalPlan.State> states = new TreeMap<>();
    pods.forEach(
        (ordinal, pod) ->
            states.put(
                ordinal,
                new OrdinalPlan.State(
                    Pods.isOver(pod),
                    Meta.isBeingDeleted(pod),
                    Pods.isReady(pod),
                    label(pod).equals(revision))));
    OrdinalPlan.Steps steps =
        OrdinalPlan.next(
            set.at("/spec/replicas").asInt(),
            set.at("/spec/podManagementPolicy").asText().equals("Parallel"),
            set.at("/spec/updateStrategy/type").asText().equals("RollingUpdate"),
            set.at("/spec/updateStrategy/rollingUpdate/partition").asInt(0),
            states);
    steps
        .delete()
        .forEach(
            ordinal -> {
              registry.delete(
                  ObjectKey.of(ResourceTypes.POD, pods.get(ordinal)), DeleteOptions.DEFAULT);
              events.normal(
                  set,
                  "SuccessfulDelete",
                  "delete Pod "
                      + Meta.name(pods.get(ordinal))
                      + " in StatefulSet "
                      + Meta.name(set)
                      + " successful");
            });
    if (steps.make().isEmpty()) {
      backoff.settled(set);
    }
    for (int ordinal : steps.make()) {
      if (backoff.isDue(set)) {
        make(set, ordinal, revision);
      }
    }
  }

  private static String label(JsonNode pod) {
    return pod.path("metadata").path("labels").path(REVISION).asText("");
  }

  private SortedMap<Integer, ObjectNode> pods(ObjectNode set) {
    SortedMap<Integer, ObjectNode> pods = new TreeMap<>();
    for (ObjectNode pod : Pods.of(registry, set)) {
      String ordinal = Meta.name(pod).substring(Meta.name(pod).lastIndexOf('-') + 1);
      pods.put(Integer.parseInt(ordinal), pod);
    }
    return pods;
  }

  private void make(ObjectNode set, int ordinal, String revision) {
    claims.make(set, ordinal);
    String name = Meta.name(set) + "-" + ordinal;
    ObjectNode pod = Pods.fromTemplate(ResourceTypes.STATEFUL_SET, set);
    pod.withObject("/metadata").put("name", name);
    pod.withObject("/metadata/labels")
        .put(REVISION, revision)
        .put("statefulset.kubernetes.io/pod-name", name)
        .put("apps.kubernetes.io/pod-index", Integer.toString(ordinal));
    ObjectNode spec = pod.withObject("/spec").put("hostname", name);
    ArrayNode volumes = spec.withArray("/volumes");
    for (JsonNode template : set.at("/spec/volumeClaimTemplates")) {
      String volume = Meta.name(template);
      for (int i = volumes.size() - 1; i >= 0; i--) {
        if (volumes.get(i).path("name").asText().equals(volume)) {
          volumes.remove(i);
        }
      }
      volumes
          .addObject()
          .put("name", volume)
          .putObject("persistentVolumeClaim")
          .put("claimName", StatefulClaims.name(template, set, ordinal));
    }
    try {
      registry.create(ResourceTypes.POD, Meta.namespace(set), pod, false);
      events.normal(
          set,
          "SuccessfulCreate",
          "create Pod " + name + " in StatefulSet " + Meta.name(set) + " successful");
      backoff.settled(set);
    } catch (ApiFailure e) {
      events.warn(set, "FailedCreate", "create Pod " + name + " failed: " + e.getMessage());
      backoff.refused(set, e.getMessage());
    }
  }

  private void report(ObjectNode set) {
    List<ObjectNode> pods = Pods.of(registry, set);
    String revision = revision(set);
    int minReady = set.at("/spec/minReadySeconds").asInt(0);
    int updated = (int) pods.stream().filter(pod -> label(pod).equals(revision)).count();
    int ready = (int) pods.stream().filter(pod -> Pods.isActive(pod) && Pods.isReady(pod)).count();
    int available =
        (int)
            pods.stream()
                .filter(Pods::isActive)
                .filter(pod -> Pods.isAvailable(pod, minReady, clock.instant()))
                .count();
    registry.amend(
        ObjectKey.of(ResourceTypes.STATEFUL_SET, set),
        each -> {
          String before = each.at("/status/currentRevision").asText(revision);
          boolean complete = updated == pods.size() && ready == pods.size();
          each.putObject("status")
              .put("observedGeneration", Meta.generation(set))
              .put("replicas", pods.size())
              .put("readyReplicas", ready)
              .put("availableReplicas", available)
              .put("updatedReplicas", updated)
              .put("currentReplicas", complete ? updated : pods.size() - updated)
              .put("currentRevision", complete ? revision : before)
              .put("updateRevision", revision)
              .put("collisionCount", 0);
        });
  }
}
