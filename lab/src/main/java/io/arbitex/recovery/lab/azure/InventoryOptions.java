package io.arbitex.recovery.lab.azure;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.dns.Zone;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** What is in the subscription from the start, as the command line says it. */
final class InventoryOptions {
  @Option(
      names = "--vault",
      paramLabel = "NAME[=PORT]",
      mapFallbackValue = "0",
      description = "a key vault; without a port at the one that it had, or any")
  private Map<String, Integer> vaults = new LinkedHashMap<>();

  @Option(
      names = "--dns-zone",
      paramLabel = "GROUP/NAME",
      description = "a public zone of DNS; may stand several times")
  private List<String> publicZones = new ArrayList<>();

  @Option(
      names = "--private-dns-zone",
      paramLabel = "GROUP/NAME",
      description = "a private zone of DNS; may stand several times")
  private List<String> privateZones = new ArrayList<>();

  @Option(
      names = "--disks-folder",
      description = "where disks are folders; default: disk-folders in the state folder")
  private Path disks;

  @Option(
      names = "--found-disks-group",
      paramLabel = "GROUP",
      description = "resource group of folders there that others have made; default: no disks")
  private String foundDisksGroup;

  @Option(
      names = "--cluster",
      paramLabel = "GROUP/NAME=KUBECONFIG",
      description = "a cluster that somebody else runs; may stand several times")
  private Map<String, Path> clusters = new LinkedHashMap<>();

  @Option(
      names = "--cluster-image-file",
      description = "of the lab's Kubernetes, for clusters that are ordered; default: none can be")
  private Path imageFile;

  /**
   * @param resourceGroups that are there
   * @throws IllegalArgumentException when something is in none of them, or has no proper name
   */
  Inventory inventory(Set<String> resourceGroups) {
    List<Zone> zones = new ArrayList<>();
    for (String each : publicZones) {
      String[] parts = inGroup(each, resourceGroups);
      zones.add(new Zone(false, parts[0], parts[1]));
    }
    for (String each : privateZones) {
      String[] parts = inGroup(each, resourceGroups);
      zones.add(new Zone(true, parts[0], parts[1]));
    }
    if (foundDisksGroup != null && !resourceGroups.contains(foundDisksGroup)) {
      throw new IllegalArgumentException(foundDisksGroup + " is none of " + resourceGroups);
    }
    Path folder = disks == null ? null : disks.toAbsolutePath().normalize();
    List<ManagedCluster> given = new ArrayList<>();
    clusters.forEach((name, kubeconfig) -> given.add(given(name, kubeconfig, resourceGroups)));
    Path images = imageFile == null ? null : imageFile.toAbsolutePath().normalize();
    return new Inventory(vaults, zones, folder, foundDisksGroup, given, images);
  }

  private static ManagedCluster given(String name, Path kubeconfig, Set<String> resourceGroups) {
    String[] parts = inGroup(name, resourceGroups);
    ObjectNode properties = JsonNodeFactory.instance.objectNode();
    properties.putArray("agentPoolProfiles").addObject().put("name", "pool").put("count", 1);
    return new ManagedCluster(
        parts[0],
        parts[1],
        "westeurope",
        JsonNodeFactory.instance.objectNode(),
        properties,
        1,
        0,
        0,
        kubeconfig.toAbsolutePath().normalize().toString(),
        ManagedCluster.State.SUCCEEDED);
  }

  private static String[] inGroup(String text, Set<String> resourceGroups) {
    String[] parts = text.split("/", 2);
    if (parts.length != 2 || !resourceGroups.contains(parts[0])) {
      throw new IllegalArgumentException(
          "'" + text + "' is not GROUP/NAME, with a GROUP of " + resourceGroups);
    }
    return parts;
  }
}
