package io.arbitex.recovery.lab.kubernetes.controllers;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Which pods of a stateful set are made or deleted next. In order: ordinal by ordinal upwards, each
 * when all before it are ready; downwards one at a time; updates from the highest down. A plain
 * function of what is.
 */
final class OrdinalPlan {
  private OrdinalPlan() {}

  /**
   * A pod as it is.
   *
   * @param over whether it has ended, and has to be made anew
   * @param going whether it is being deleted
   * @param current whether it is of the newest template
   */
  record State(boolean over, boolean going, boolean ready, boolean current) {}

  /** Ordinals to make and to delete now. */
  record Steps(List<Integer> make, List<Integer> delete) {}

  /**
   * The next steps.
   *
   * @param parallel whether the order does not matter
   * @param rolling whether pods of an older template are replaced
   * @param partition the lowest ordinal that is
   */
  static Steps next(
      int replicas,
      boolean parallel,
      boolean rolling,
      int partition,
      SortedMap<Integer, State> pods) {
    List<Integer> make = new ArrayList<>();
    List<Integer> delete = new ArrayList<>();
    for (int ordinal = 0; ordinal < replicas; ordinal++) {
      State pod = pods.get(ordinal);
      if (pod != null && pod.over() && !pod.going()) {
        delete.add(ordinal);
      } else if (pod == null) {
        make.add(ordinal);
      }
      boolean serves = pod != null && pod.ready() && !pod.going() && !pod.over();
      if (!parallel && !serves) {
        return withBroken(replicas, rolling, partition, pods, make, delete);
      }
    }
    List<Integer> excess =
        pods.keySet().stream().filter(ordinal -> ordinal >= replicas).sorted().toList();
    for (int i = excess.size() - 1; i >= 0; i--) {
      if (!pods.get(excess.get(i)).going()) {
        delete.add(excess.get(i));
      }
      if (!parallel) {
        return new Steps(make, delete);
      }
    }
    if (rolling && make.isEmpty() && delete.isEmpty()) {
      boolean allServe =
          pods.headMap(replicas).values().stream().allMatch(pod -> pod.ready() && !pod.going());
      for (int ordinal = replicas - 1; ordinal >= partition && allServe; ordinal--) {
        if (!pods.get(ordinal).current()) {
          delete.add(ordinal);
          break;
        }
      }
    }
    return new Steps(make, delete);
  }

  /**
   * A pod that is not ready holds up all others. If it is of an old template it is replaced, or a
   * broken template could never be mended; and what is too many goes all the same.
   */
  private static Steps withBroken(
      int replicas,
      boolean rolling,
      int partition,
      SortedMap<Integer, State> pods,
      List<Integer> make,
      List<Integer> delete) {
    pods.tailMap(replicas).entrySet().stream()
        .reduce((first, second) -> second)
        .filter(highest -> !highest.getValue().going())
        .ifPresent(highest -> delete.add(highest.getKey()));
    if (rolling && make.isEmpty() && delete.isEmpty()) {
      pods.headMap(replicas).entrySet().stream()
          .filter(each -> each.getKey() >= partition)
          .filter(each -> !each.getValue().ready() && !each.getValue().going())
          .filter(each -> !each.getValue().current())
          .reduce((first, second) -> second)
          .ifPresent(each -> delete.add(each.getKey()));
    }
    return new Steps(make, delete);
  }
}
