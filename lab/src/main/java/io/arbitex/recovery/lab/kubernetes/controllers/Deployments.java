package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Deployments: a replica set for each template, and rollouts from one to the next. */
final class Deployments implements Controller {
  private static final String REVISION = "deployment.kubernetes.io/revision";

  private final Registry registry;
  private final EventRecorder events;
  private final Clock clock;

  Deployments(Registry registry, EventRecorder events, Clock clock) {
    this.registry = registry;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public void reconcile() {
    registry.all(ResourceTypes.DEPLOYMENT, "").stream()
        .filter(each -> !Meta.isBeingDeleted(each))
        .forEach(this::reconcile);
  }

  private void reconcile(ObjectNode deployment) {
    List<ObjectNode> sets =
        registry.all(ResourceTypes.REPLICA_SET, Meta.namespace(deployment)).stream()
            .filter(set -> Meta.controllerUid(set).filter(Meta.uid(deployment)::equals).isPresent())
            .filter(set -> !Meta.isBeingDeleted(set))
            .sorted(Comparator.comparingInt(Deployments::revision))
            .toList();
    JsonNode template = deployment.at("/spec/template");
    Optional<ObjectNode> young =
        sets.stream()
            .filter(set -> PodTemplates.areSame(set.at("/spec/template"), template))
            .reduce((first, second) -> second);
    List<ObjectNode> old = sets.stream().filter(set -> !young.equals(Optional.of(set))).toList();
    int desired = deployment.at("/spec/replicas").asInt();
    if (deployment.at("/spec/paused").asBoolean()) {
      // A paused deployment still scales, but rolls nothing out.
      sets.stream()
          .reduce((first, second) -> second)
          .ifPresent(newest -> scale(deployment, newest, desired));
    } else {
      RolloutPlan.Sizes sizes = plan(deployment, desired, young, old);
      ObjectNode youngSet = young.orElseGet(() -> create(deployment, sets, sizes.young()));
      renumber(deployment, youngSet, sets);
      scale(deployment, youngSet, sizes.young());
      for (int i = 0; i < old.size(); i++) {
        scale(deployment, old.get(i), sizes.old().get(i));
      }
      removeOldest(deployment, old);
    }
    report(deployment);
  }

  private RolloutPlan.Sizes plan(
      ObjectNode deployment, int desired, Optional<ObjectNode> young, List<ObjectNode> old) {
    RolloutPlan.State youngState =
        young.map(Deployments::state).orElse(new RolloutPlan.State(0, 0));
    List<RolloutPlan.State> oldStates = old.stream().map(Deployments::state).toList();
    JsonNode strategy = deployment.at("/spec/strategy");
    if (strategy.path("type").asText().equals("Recreate")) {
      boolean gone =
          old.stream().allMatch(set -> Pods.of(registry, set).stream().allMatch(Pods::isOver));
      return RolloutPlan.recreate(desired, youngState, oldStates, gone);
    }
    JsonNode rolling = strategy.path("rollingUpdate");
    int surge = RolloutPlan.share(rolling.path("maxSurge").asText("25%"), desired, true);
    int unavailable =
        RolloutPlan.share(rolling.path("maxUnavailable").asText("25%"), desired, false);
    if (surge == 0 && unavailable == 0) {
      unavailable = 1;
    }
    return RolloutPlan.rolling(desired, surge, unavailable, youngState, oldStates);
  }

  private static RolloutPlan.State state(JsonNode set) {
    return new RolloutPlan.State(
        set.at("/spec/replicas").asInt(), set.at("/status/availableReplicas").asInt());
  }

  private static int revision(JsonNode object) {
    return object.path("metadata").path("annotations").path(REVISION).asInt(0);
  }

  private ObjectNode create(ObjectNode deployment, List<ObjectNode> sets, int replicas) {
    JsonNode template = deployment.at("/spec/template");
    String hash = PodTemplates.hash(template);
    ObjectNode set = Meta.JSON.createObjectNode();
    ObjectNode metadata = set.putObject("metadata");
    metadata.put("name", Meta.name(deployment) + "-" + hash);
    ObjectNode labels = metadata.putObject("labels");
    if (template.at("/metadata/labels") instanceof ObjectNode own) {
      labels.setAll(own);
    }
    labels.put(PodTemplates.HASH_LABEL, hash);
    int revision = sets.stream().mapToInt(Deployments::revision).max().orElse(0) + 1;
    metadata.putObject("annotations").put(REVISION, Integer.toString(revision));
    metadata
        .putArray("ownerReferences")
        .add(Meta.controlledBy(ResourceTypes.DEPLOYMENT, deployment));
    ObjectNode spec = set.putObject("spec").put("replicas", replicas);
    spec.set("selector", deployment.at("/spec/selector").deepCopy());
    spec.withObject("/selector/matchLabels").put(PodTemplates.HASH_LABEL, hash);
    spec.put("minReadySeconds", deployment.at("/spec/minReadySeconds").asInt(0));
    spec.set("template", template.deepCopy());
    spec.withObject("/template/metadata/labels").put(PodTemplates.HASH_LABEL, hash);
    ObjectNode made =
        registry.create(ResourceTypes.REPLICA_SET, Meta.namespace(deployment), set, false);
    events.normal(
        deployment,
        "ScalingReplicaSet",
        "Scaled up replica set " + Meta.name(made) + " to " + replicas);
    return made;
  }

  /** A template that comes back is the newest again. */
  private void renumber(ObjectNode deployment, ObjectNode young, List<ObjectNode> sets) {
    int newest = sets.stream().mapToInt(Deployments::revision).max().orElse(1);
    int own = revision(young) < newest ? newest + 1 : revision(young);
    ObjectKey key = ObjectKey.of(ResourceTypes.REPLICA_SET, young);
    registry.amend(
        key, set -> set.withObject("/metadata/annotations").put(REVISION, Integer.toString(own)));
    registry.amend(
        ObjectKey.of(ResourceTypes.DEPLOYMENT, deployment),
        each -> each.withObject("/metadata/annotations").put(REVISION, Integer.toString(own)));
  }

  private void scale(ObjectNode deployment, ObjectNode set, int replicas) {
    int now = set.at("/spec/replicas").asInt();
    if (now == replicas) {
      return;
    }
    registry.amend(
        ObjectKey.of(ResourceTypes.REPLICA_SET, set),
        each -> each.withObject("/spec").put("replicas", replicas));
    events.normal(
        deployment,
        "ScalingReplicaSet",
        "Scaled "
            + (replicas > now ? "up" : "down")
            + " replica set "
            + Meta.name(set)
            + " to "
            + replicas
            + " from "
            + now);
  }

  private void removeOldest(ObjectNode deployment, List<ObjectNode> old) {
    List<ObjectNode> empty =
        new ArrayList<>(
            old.stream()
                .filter(set -> set.at("/spec/replicas").asInt() == 0)
                .filter(set -> set.at("/status/replicas").asInt() == 0)
                .toList());
    int tooMany = empty.size() - deployment.at("/spec/revisionHistoryLimit").asInt(10);
    for (int i = 0; i < tooMany; i++) {
      registry.delete(ObjectKey.of(ResourceTypes.REPLICA_SET, empty.get(i)), DeleteOptions.DEFAULT);
    }
  }

  private void report(ObjectNode deployment) {
    List<ObjectNode> sets =
        registry.all(ResourceTypes.REPLICA_SET, Meta.namespace(deployment)).stream()
            .filter(set -> Meta.controllerUid(set).filter(Meta.uid(deployment)::equals).isPresent())
            .toList();
    registry.amend(
        ObjectKey.of(ResourceTypes.DEPLOYMENT, deployment),
        each -> {
          if (Meta.generation(each) == Meta.generation(deployment)) {
            each.set("status", DeploymentStatus.of(each, sets, clock.instant()));
          }
        });
  }
}
