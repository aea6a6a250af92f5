package io.arbitex.recovery.lab.azure.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster.State;
import io.arbitex.recovery.lab.azure.state.Folders;
import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clusters of the subscription: those that were given, and those that were ordered. */
public final class Clusters {
  static final String TARGET = "managedclusters/";

  private static final Logger log = LoggerFactory.getLogger(Clusters.class);

  private final List<ManagedCluster> given;
  private final RecordFiles<ManagedCluster> records;
  private final Path state;
  private final Path imageFile;
  private final Path disks;

  /**
   * @param state of the lab
   * @param given those that somebody else runs
   * @param imageFile of new clusters; null when none can be made
   * @param disks of new clusters: all have the subscription's
   */
  public Clusters(Path state, List<ManagedCluster> given, Path imageFile, Path disks)
      throws IOException {
    this.given = List.copyOf(given);
    this.records = new RecordFiles<>(state.resolve("clusters"), ManagedCluster.class);
    this.state = state;
    this.imageFile = imageFile;
    this.disks = disks;
  }

  public boolean canMake() {
    return imageFile != null;
  }

  public List<ManagedCluster> all() {
    List<ManagedCluster> all = new ArrayList<>(given);
    all.addAll(records.values());
    return all;
  }

  public Optional<ManagedCluster> named(String name) {
    return all().stream().filter(each -> each.name().equalsIgnoreCase(name)).findFirst();
  }

  public Optional<ManagedCluster> find(String resourceGroup, String name) {
    return named(name).filter(each -> each.resourceGroup().equalsIgnoreCase(resourceGroup));
  }

  /** The one that an operation is about. */
  Optional<ManagedCluster> target(String target) {
    return records.find(target.substring(TARGET.length()));
  }

  /** Remembers one that is to be made, with ports that are free now. */
  public ManagedCluster reserve(
      String resourceGroup,
      String name,
      String location,
      JsonNode tags,
      JsonNode properties,
      int nodes)
      throws IOException {
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket control = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ManagedCluster cluster =
          new ManagedCluster(
              resourceGroup,
              name,
              location,
              tags,
              properties,
              nodes,
              port.getLocalPort(),
              control.getLocalPort(),
              folder(name).resolve("kubeconfig").toString(),
              State.CREATING);
      put(cluster);
      return cluster;
    }
  }

  private Path folder(String name) {
    return OrderedClusters.folder(state, name);
  }

  ClusterProcess process(ManagedCluster cluster) {
    return new ClusterProcess(cluster, folder(cluster.name()), imageFile, disks);
  }

  public void put(ManagedCluster cluster) {
    records.put(key(cluster.name()), cluster);
  }

  /** Ends its process and its pods, and forgets it. The disks stay. */
  void remove(ManagedCluster cluster) throws IOException, InterruptedException {
    process(cluster).end();
    Folders.remove(folder(cluster.name()));
    records.remove(key(cluster.name()));
  }

  /** Starts those that should live and do not. */
  public void adopt() throws IOException {
    for (ManagedCluster cluster : records.values()) {
      if (cluster.state() == State.SUCCEEDED && process(cluster).find().isEmpty()) {
        ProcessHandle process = process(cluster).start();
        log.info("the cluster {} is started again as {}", cluster.name(), process.pid());
      }
    }
  }

  /** Ends their processes; the next start of the lab starts them again. */
  public void stopAll() throws InterruptedException {
    for (ManagedCluster cluster : records.values()) {
      try {
        process(cluster).end();
      } catch (IOException e) {
        log.error("the cluster {} does not end", cluster.name(), e);
      }
    }
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
