package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.lab.azure.clusters.OrderedClusters;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Names and ports of a world that is to be started.
 *
 * @param observers names of the detectors
 * @param paths port of each path of the network, by name
 * @param receiverPorts where each observer receives alerts; empty without monitoring
 * @param redis port of Redis; empty without
 * @param azure its ports; empty without
 * @param serverHosts where the servers listen, by name
 */
record LabPlan(
    LabFolder folder,
    LabOptions options,
    Path tools,
    int brokerPort,
    int controllerPort,
    Map<String, Integer> serverPorts,
    int controlPort,
    int witnessPort,
    List<String> observers,
    Map<String, Integer> paths,
    Map<String, Integer> statusPorts,
    Map<String, Integer> receiverPorts,
    ClusterPorts cluster,
    Optional<Integer> redis,
    Optional<AzurePorts> azure,
    Map<String, String> serverHosts) {
  static final String PRIMARY = "primary";
  static final String SPARE = "spare";
  static final List<String> SERVERS = List.of(PRIMARY, SPARE);
  static final String WITNESS = "witness";

  /** End of the names of the paths to the cluster's API. */
  static final String KUBERNETES = "kubernetes";

  /** End of the names of the paths to the platform's public address. */
  static final String PUBLIC = "platform";

  /** Name of the path that customers take: to wherever the platform's DNS record says. */
  static final String EDGE = "edge";

  /** Name of the observers' receiver of alerts. */
  static final String RECEIVER = "alertmanager";

  /** Name of the protected platform in inventory and records. */
  static final String PLATFORM = "lab";

  static final String COMPONENT = "postgresql";

  /** Name of the component, and the end of the names of the paths to it. */
  static final String REDIS = "redis";

  /**
   * Ports of the cluster.
   *
   * @param api of the API server
   * @param control by which the cluster is made to misbehave
   * @param platform the port that leads to the platform's pods: a node port, or of a managed
   *     cluster the port of its load balancer and of the edge before that
   * @param cloud the node port that leads to those of its other deployment
   */
  record ClusterPorts(int api, int control, int platform, int cloud) {}

  /**
   * Ports of Azure.
   *
   * @param api of the Resource Manager
   * @param control by which it is made to misbehave
   * @param server of all its PostgreSQL servers, each of which has an address of its own
   * @param vault of the key vault that has a managed cluster's secrets
   */
  record AzurePorts(int api, int control, int server, int vault) {}

  static LabPlan make(LabFolder folder, LabOptions options, Path tools) throws IOException {
    List<String> observers = new ArrayList<>();
    for (int i = 0; i < options.observers(); i++) {
      observers.add("observer-" + (char) ('a' + i));
    }
    List<String> services =
        new ArrayList<>(List.of("classifier", "executors", "verifier", "backup", "console"));
    services.addAll(observers);
    FreePorts ports =
        new FreePorts(
            13 + SERVERS.size() + observers.size() * (SERVERS.size() + 5) + services.size());
    Map<String, Integer> serverPorts = new LinkedHashMap<>();
    SERVERS.forEach(server -> serverPorts.put(server, ports.next()));
    ClusterPorts cluster = new ClusterPorts(ports.next(), ports.next(), ports.next(), ports.next());
    Map<String, Integer> paths = new LinkedHashMap<>();
    for (String observer : observers) {
      for (String server : SERVERS) {
        paths.put(path(observer, server), ports.next());
      }
      paths.put(path(observer, WITNESS), ports.next());
      if (!options.redis().isEmpty()) {
        paths.put(path(observer, REDIS), ports.next());
      }
      if (options.clusterWatched()) {
        paths.put(path(observer, KUBERNETES), ports.next());
        paths.put(path(observer, PUBLIC), ports.next());
      }
    }
    if (options.managedCluster()) {
      paths.put(EDGE, cluster.platform());
    }
    Map<String, Integer> statusPorts = new LinkedHashMap<>();
    services.forEach(service -> statusPorts.put(service, ports.next()));
    Map<String, Integer> receiverPorts = new LinkedHashMap<>();
    if (options.monitoring().isPresent()) {
      observers.forEach(observer -> receiverPorts.put(observer, ports.next()));
    }
    return new LabPlan(
        folder,
        options,
        tools,
        ports.next(),
        ports.next(),
        serverPorts,
        ports.next(),
        ports.next(),
        observers,
        paths,
        statusPorts,
        receiverPorts,
        cluster,
        options.redis().isEmpty() ? Optional.empty() : Optional.of(ports.next()),
        azure(options, ports),
        SERVERS.stream().collect(Collectors.toMap(server -> server, server -> "127.0.0.1")));
  }

  private static Optional<AzurePorts> azure(LabOptions options, FreePorts ports) {
    return options.azure()
        ? Optional.of(new AzurePorts(ports.next(), ports.next(), ports.next(), ports.next()))
        : Optional.empty();
  }

  /** With the primary where Azure has put it. */
  LabPlan withPrimaryAt(String host) {
    Map<String, String> hosts = new LinkedHashMap<>(serverHosts);
    hosts.put(PRIMARY, host);
    Map<String, Integer> listening = new LinkedHashMap<>(serverPorts);
    listening.put(PRIMARY, azure.orElseThrow().server());
    return new LabPlan(
        folder,
        options,
        tools,
        brokerPort,
        controllerPort,
        listening,
        controlPort,
        witnessPort,
        observers,
        paths,
        statusPorts,
        receiverPorts,
        cluster,
        redis,
        azure,
        hosts);
  }

  /** With the cluster at the ports that Azure has given it. */
  LabPlan withClusterAt(int api, int control) {
    return new LabPlan(
        folder,
        options,
        tools,
        brokerPort,
        controllerPort,
        serverPorts,
        controlPort,
        witnessPort,
        observers,
        paths,
        statusPorts,
        receiverPorts,
        new ClusterPorts(api, control, cluster.platform(), cluster.cloud()),
        redis,
        azure,
        serverHosts);
  }

  /** Where the cluster keeps all that it knows. */
  Path clusterFolder() {
    return options.managedCluster()
        ? OrderedClusters.folder(folder.azure(), LabManagedCluster.NAME)
        : folder.kubernetes();
  }

  /** What of the servers is not Azure's. */
  List<String> ownServers() {
    return SERVERS.stream().filter(name -> azure.isEmpty() || !name.equals(PRIMARY)).toList();
  }

  static String path(String observer, String target) {
    return observer + "-to-" + target;
  }

  String platformAddress() {
    return "http://127.0.0.1:" + cluster.platform();
  }

  String cloudAddress() {
    return "http://127.0.0.1:" + cluster.cloud();
  }

  String controlAddress() {
    return "http://127.0.0.1:" + controlPort;
  }

  /** Where alerts are sent: to each observer that receives any. */
  List<URI> webhooks() {
    return receiverPorts.values().stream()
        .map(port -> URI.create("http://127.0.0.1:" + port + "/alerts/" + RECEIVER))
        .toList();
  }

  /** Where messages to people go. */
  String slackAddress() {
    return controlAddress() + "/slack/sre";
  }

  /** Where pages go. */
  String pagerAddress() {
    return controlAddress() + "/pagerduty/on-call";
  }
}
