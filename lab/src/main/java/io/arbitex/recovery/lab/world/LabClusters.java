package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.clusters.OrderedClusters;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The managed clusters of the lab's Azure from outside: what loses one, and what became of it. */
public final class LabClusters {
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  private final LabFolder folder;
  private final LabArm azure;

  LabClusters(LabFolder folder, LabState state) throws IOException {
    this.folder = folder;
    if (state.azure() == null || OrderedClusters.in(folder.azure()).isEmpty()) {
      throw new LabFailure("this lab's cluster is not Azure's; lab up --managed-cluster");
    }
    this.azure = new LabArm(URI.create(state.azure().endpoint()));
  }

  /**
   * The platform's first cluster is gone as far as anybody can see: its API and all that runs in it
   * are killed with signal 9, and nothing starts them again. Azure knows nothing of it.
   */
  public void lose() throws IOException, InterruptedException {
    for (OrderedClusters.Ordered each : OrderedClusters.in(folder.azure())) {
      if (each.name().equals(LabManagedCluster.NAME)) {
        LabProcesses.awaitEnd(each.kill(), END_LIMIT);
      }
    }
  }

  /** Backs the first cluster up; returns when the recovery point is there. */
  public void backUp() throws IOException, InterruptedException {
    new ClusterProtection(azure).backUp();
  }

  /** Names of the recovery points of the first cluster. */
  public List<String> recoveryPoints() throws IOException, InterruptedException {
    return new ClusterProtection(azure).points();
  }

  /** Name of the platform's first cluster. */
  public static String first() {
    return LabManagedCluster.NAME;
  }

  /** Names of all that Azure has. */
  public List<String> names() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    azure
        .get(LabArm.path("Microsoft.ContainerService/managedClusters"), LabManagedCluster.VERSION)
        .path("value")
        .forEach(each -> names.add(each.path("name").asText()));
    return names;
  }

  /** What Azure says of a cluster's machines: {@code Running} or {@code Stopped}. */
  public String power(String name) throws IOException, InterruptedException {
    JsonNode document =
        azure.get(
            LabArm.path("Microsoft.ContainerService/managedClusters/" + name),
            LabManagedCluster.VERSION);
    return document.at("/properties/powerState/code").asText();
  }

  /** Whether the process of a cluster, or any of a pod of it, lives. */
  public boolean isAlive(String name) throws IOException {
    for (OrderedClusters.Ordered each : OrderedClusters.in(folder.azure())) {
      if (each.name().equals(name)
          && (each.process().isPresent() || !each.pods().running().isEmpty())) {
        return true;
      }
    }
    return false;
  }

  /** The addresses that the platform's DNS record names. */
  public List<String> addresses() throws IOException, InterruptedException {
    return new PublicRecord(azure).addresses();
  }

  /** What was noted on the platform's DNS record. */
  public Map<String, String> notes() throws IOException, InterruptedException {
    return new PublicRecord(azure).notes();
  }
}
