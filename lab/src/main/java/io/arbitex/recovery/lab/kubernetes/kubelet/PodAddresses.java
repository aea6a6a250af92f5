package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.util.Set;

/**
 * Each pod has an address of its own, as in a cluster: Linux takes all of 127.0.0.0/8 for this
 * machine. So replicas may use one port, if they bind to their pod's address.
 */
final class PodAddresses {
  private static final int PER_BLOCK = 254;

  private PodAddresses() {}

  static String free(Set<String> taken) {
    for (int block = 0; block < PER_BLOCK; block++) {
      for (int last = 1; last <= PER_BLOCK; last++) {
        String address = "127.1." + block + "." + last;
        if (!taken.contains(address)) {
          return address;
        }
      }
    }
    throw new IllegalStateException("no address is left for a pod");
  }
}
