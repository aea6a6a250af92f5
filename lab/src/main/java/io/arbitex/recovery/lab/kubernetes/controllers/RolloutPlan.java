package io.arbitex.recovery.lab.kubernetes.controllers;

import java.util.ArrayList;
import java.util.List;

/**
 * How many replicas the replica sets of a deployment get next, so that never more than {@code
 * desired + maxSurge} pods are there and never fewer than {@code desired - maxUnavailable} are
 * available. A plain function of what is.
 */
final class RolloutPlan {
  private RolloutPlan() {}

  /**
   * A replica set as it is.
   *
   * @param replicas that it should have
   * @param available of its pods
   */
  record State(int replicas, int available) {}

  /**
   * The next sizes.
   *
   * @param young of the set with the new template
   * @param old of the others, in the order in which they were given
   */
  record Sizes(int young, List<Integer> old) {}

  /**
   * Rolls.
   *
   * @param old oldest first; those go first
   */
  static Sizes rolling(
      int desired, int maxSurge, int maxUnavailable, State young, List<State> old) {
    int total = young.replicas() + old.stream().mapToInt(State::replicas).sum();
    int room = desired + maxSurge - total;
    int grown =
        young.replicas() > desired
            ? desired
            : Math.min(desired, young.replicas() + Math.max(0, room));
    // What the new set still owes must not be taken from the old ones too.
    int owed = Math.max(0, grown - young.available());
    int minAvailable = desired - maxUnavailable;
    int oldTotal = old.stream().mapToInt(State::replicas).sum();
    int removable = Math.max(0, grown + oldTotal - minAvailable - owed);
    List<Integer> sizes = new ArrayList<>();
    int[] left = {removable};
    List<Integer> broken = new ArrayList<>();
    for (State each : old) {
      // Pods that are not available serve nobody: they go first.
      int take = Math.min(left[0], Math.max(0, each.replicas() - each.available()));
      left[0] -= take;
      broken.add(each.replicas() - take);
    }
    int available = young.available() + old.stream().mapToInt(State::available).sum();
    int spare = Math.max(0, available - minAvailable);
    for (int i = 0; i < old.size(); i++) {
      int serving = Math.min(broken.get(i), old.get(i).available());
      int take = Math.min(Math.min(left[0], spare), serving);
      left[0] -= take;
      spare -= take;
      sizes.add(broken.get(i) - take);
    }
    return new Sizes(grown, sizes);
  }

  /** All old ones to nothing; the new one only when none of their pods is left. */
  static Sizes recreate(int desired, State young, List<State> old, boolean oldPodsGone) {
    List<Integer> sizes = old.stream().map(each -> 0).toList();
    return new Sizes(oldPodsGone ? desired : young.replicas(), sizes);
  }

  /**
   * A number, or a share of the replicas.
   *
   * @param value {@code 25%} or {@code 1}
   * @param up whether a share is rounded up
   */
  static int share(String value, int desired, boolean up) {
    if (!value.endsWith("%")) {
      return Integer.parseInt(value);
    }
    int percent = Integer.parseInt(value.substring(0, value.length() - 1));
    int hundredths = desired * percent;
    return up ? (hundredths + 99) / 100 : hundredths / 100;
  }
}
