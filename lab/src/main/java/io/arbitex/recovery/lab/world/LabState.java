package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code state.json} says: every address and process of a lab, so that a test from outside can
 * look at things and break them. Secrets stand in files of their own; here are their paths.
 *
 * @param startedAt ISO 8601
 * @param ready whether {@code up} has ended well
 * @param events that were seeded
 * @param tools folder of PostgreSQL's programs
 * @param kafka bootstrap address
 * @param servers by name: primary, spare
 * @param platform address of the platform
 * @param cloud address of its other deployment
 * @param network addresses of the network's process
 * @param cluster the Kubernetes that the platform lives in
 * @param azure null in a lab without
 * @param files by name: admin-token, audit-key, inventory, policy, console, kill-switch, ledger,
 *     sessions, traffic-status, backups
 * @param processes by name
 */
public record LabState(
    String folder,
    String startedAt,
    boolean ready,
    long events,
    String tools,
    String kafka,
    Map<String, Server> servers,
    String platform,
    String cloud,
    Network network,
    Cluster cluster,
    @JsonInclude(JsonInclude.Include.NON_NULL) Azure azure,
    Map<String, String> files,
    Map<String, ProcessState> processes) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * A PostgreSQL server.
   *
   * @param data its data directory; its process is in postmaster.pid there
   */
  public record Server(String host, int port, String adminUser, String data, String log) {}

  /**
   * The network's process.
   *
   * @param control where paths are cut and messages listed
   * @param slack where messages to people are sent
   * @param paths by name, {@code OBSERVER-to-SERVER} or {@code OBSERVER-to-witness}: the port that
   *     leads to it
   */
  public record Network(String control, String witness, String slack, Map<String, Integer> paths) {}

  /**
   * The Kubernetes of the lab, and what lives in it.
   *
   * @param kubeconfig by which clients find it
   * @param control where it is made to misbehave
   * @param stateFolder in which it keeps all that it knows
   * @param deployments that write to the platform's database
   * @param secret that they read when their pods start
   * @param key of it that holds the database's URL
   * @param redis null in a lab without
   */
  public record Cluster(
      String kubeconfig,
      String control,
      String stateFolder,
      String namespace,
      List<String> deployments,
      String secret,
      String key,
      @JsonInclude(JsonInclude.Include.NON_NULL) Redis redis) {

    /** The same platform in another cluster. */
    Cluster foundBy(Path other) {
      return new Cluster(
          other.toString(), control, stateFolder, namespace, deployments, secret, key, redis);
    }

    /** The Redis of a lab that must have one. */
    Redis requireRedis() {
      if (redis == null) {
        throw new LabFailure("this lab has no Redis; start one with lab up --redis");
      }
      return redis;
    }
  }

  /**
   * The Azure of the lab.
   *
   * @param endpoint of the Resource Manager; it asks for no token
   * @param control where it is made to misbehave
   * @param stateFolder in which it keeps all that it knows, its servers' data too
   * @param server the primary's name in it
   */
  public record Azure(
      String endpoint,
      String control,
      String stateFolder,
      String subscription,
      String resourceGroup,
      String server) {}

  /**
   * The Redis of the lab.
   *
   * @param port on 127.0.0.1, whichever pod it is
   */
  public record Redis(String statefulSet, String claim, int port) {}

  public Path file(String name) {
    String path = files.get(name);
    if (path == null) {
      throw new IllegalArgumentException("no file '" + name + "', there are " + files.keySet());
    }
    return Path.of(path);
  }

  public Server server(String name) {
    Server server = servers.get(name);
    if (server == null) {
      throw new IllegalArgumentException("no server '" + name + "', there are " + servers.keySet());
    }
    return server;
  }

  LabState withProcesses(Map<String, ProcessState> now) {
    return new LabState(
        folder, startedAt, ready, events, tools, kafka, servers, platform, cloud, network, cluster,
        azure, files, now);
  }

  LabState whenReady() {
    return new LabState(
        folder, startedAt, true, events, tools, kafka, servers, platform, cloud, network, cluster,
        azure, files, processes);
  }

  void write(LabFolder lab) throws IOException {
    LabFolder.writeAtomically(lab.state(), JSON.writeValueAsBytes(this));
  }

  /**
   * Reads the state of a lab, with its processes as they are now.
   *
   * @return empty when there is none
   */
  public static Optional<LabState> read(LabFolder lab) throws IOException {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(lab.state()), LabState.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
