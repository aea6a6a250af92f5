package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A platform with a cluster, told of second after second: each component is as it was last said to
 * be, until something else is said.
 */
final class ClusterWorld {
  private record Condition(HealthStatus status, Symptom symptom) {}

  final Story story;
  private final Map<String, Condition> conditions = new LinkedHashMap<>();

  private ClusterWorld(Story story) {
    this.story = story;
  }

  /** Everything is up; a pager for what cannot wait, and a channel for the rest. */
  static ClusterWorld calm(String policy) {
    String told =
        policy.replace(
            "  - {name: slack, kind: slack, url: env:SLACK}\n",
            """
              - {name: slack, kind: slack, url: env:SLACK}
              - {name: pager, kind: pagerduty, routingKey: env:PAGER}
            severities:
              P2: {escalation: [slack]}
            """);
    ClusterWorld world = new ClusterWorld(new Story(Examples.decider(Examples.WITH_CLUSTER, told)));
    world.story.restorePoint("rp-1", Duration.ofMinutes(5));
    for (String name : List.of("postgresql", "buffer", "redis", "public-health", "cluster")) {
      world.is(name, HealthStatus.UP);
    }
    return world.passes(4);
  }

  /** The same with some of it down for as long as it takes to plan. */
  static ClusterWorld lost(String policy, String... down) {
    ClusterWorld world = calm(policy);
    for (String name : down) {
      world.is(name, HealthStatus.DOWN);
    }
    return world.passes(10);
  }

  ClusterWorld is(String component, HealthStatus status) {
    return is(component, status, status == HealthStatus.UP ? Symptom.NONE : Symptom.UNREACHABLE);
  }

  ClusterWorld is(String component, HealthStatus status, Symptom symptom) {
    conditions.put(component, new Condition(status, symptom));
    return this;
  }

  /** Nobody says anything of it any more. */
  ClusterWorld isUnheard(String component) {
    conditions.remove(component);
    return this;
  }

  /** So many seconds, each with what every observer says of every component. */
  ClusterWorld passes(int seconds) {
    for (int i = 0; i < seconds; i++) {
      story.timer(Duration.ofSeconds(1));
      conditions.forEach(
          (name, at) -> {
            for (int observer = 0; observer < 3; observer++) {
              story.says("observer-" + observer, name, at.status(), at.symptom());
            }
          });
    }
    return this;
  }
}
