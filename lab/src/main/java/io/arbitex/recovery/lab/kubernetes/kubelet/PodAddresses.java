package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.nio.file.Path;
import java.util.Set;

/**
 * Each pod has an address of its own, as in a cluster: Linux takes all of 127.0.0.0/8 for this
 * machine. So replicas may use one port, if they bind to their pod's address. Where a cluster's
 * addresses begin comes from its folder: pods of two labs on one machine must not meet.
 */
final class PodAddresses {
  private static final int PER_BLOCK = 254;
  private static final int BLOCKS = 256;

  private final int network;
  private final int firstBlock;

  /**
   * @param folder of the cluster's pods
   */
  PodAddresses(Path folder) {
    int hash = folder.toAbsolutePath().normalize().toString().hashCode();
    int mixed = hash ^ hash >>> 16;
    // Not 127.0.…, where the machine's own are.
    network = 1 + (mixed & 0xff) % PER_BLOCK;
    firstBlock = mixed >>> 8 & 0xff;
  }

  /** One that is not taken. */
  String free(Set<String> taken) {
    for (int block = 0; block < BLOCKS; block++) {
      for (int last = 1; last <= PER_BLOCK; last++) {
        String address = "127." + network + "." + (firstBlock + block) % BLOCKS + "." + last;
        if (!taken.contains(address)) {
          return address;
        }
      }
    }
    throw new IllegalStateException("no address is left for a pod");
  }
}
