package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the lab's nodes are set.
 *
 * @param pods the folder of all pods
 * @param disks the folder of all disks
 * @param nodes how many nodes there are
 * @param firstBackoff before the second restart of a container; doubled each time
 * @param longestBackoff what it grows to, and how long a container must run to start over
 */
public record KubeletSettings(
    Path pods, Path disks, int nodes, Duration firstBackoff, Duration longestBackoff) {
  /** Short times, for drills. */
  public static KubeletSettings of(Path stateFolder, Path disks, int nodes) {
    return new KubeletSettings(
        stateFolder.resolve("pods"), disks, nodes, Duration.ofSeconds(1), Duration.ofSeconds(10));
  }
}
