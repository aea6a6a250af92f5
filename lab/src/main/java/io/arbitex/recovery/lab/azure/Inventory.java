package io.arbitex.recovery.lab.azure;

import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.dns.Zone;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is in the subscription from the start, and is not made by the resource manager here.
 *
 * @param vaults key vaults by name; the port of each, 0 for the one that it had, or any
 * @param zones of DNS
 * @param disks folder of the disks, each a folder of its name; null for one in the state folder
 * @param foundDisksGroup resource group of folders there that others have made; null for none
 * @param clusters that somebody else runs
 * @param imageFile of clusters that are ordered; null when none can be
 */
record Inventory(
    Map<String, Integer> vaults,
    List<Zone> zones,
    Path disks,
    String foundDisksGroup,
    List<ManagedCluster> clusters,
    Path imageFile) {
  static final Inventory NOTHING = new Inventory(Map.of(), List.of(), null, null, List.of(), null);

  Inventory {
    vaults = new LinkedHashMap<>(vaults);
    zones = List.copyOf(zones);
    clusters = List.copyOf(clusters);
    for (String name : vaults.keySet()) {
      if (!name.matches("[a-zA-Z][a-zA-Z0-9-]{2,23}")) {
        throw new IllegalArgumentException(
            "'" + name + "' is no name for a vault: 3 to 24 letters, digits, -");
      }
    }
  }
}
