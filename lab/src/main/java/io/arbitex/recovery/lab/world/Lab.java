package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.lab.azure.AzureControl;
import io.arbitex.recovery.lab.azure.clusters.OrderedClusters;
import io.arbitex.recovery.lab.azure.postgresql.Leftovers;
import io.arbitex.recovery.lab.kubernetes.kubelet.PodProcesses;
import io.arbitex.recovery.lab.network.LabNetwork;
import io.arbitex.recovery.lab.network.NetworkControl;
import io.arbitex.recovery.lab.traffic.TrafficStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The life of a lab in one folder: up, broken, down. Every process is started as in any
 * installation; what only the lab does is done from outside, to processes and files.
 */
public final class Lab {
  /** Of every topic of a lab. */
  public static final int PARTITIONS = LabBroker.PARTITIONS;

  /** Begins the names of the monitoring's processes. */
  public static final String MONITORING = "monitoring";

  /** Begins the names of the pods that run in the cluster. */
  public static final String POD = "pod-";

  /** Begins the names of the clusters that Azure has. */
  public static final String CLUSTER = "cluster-";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ALERT_SENDERS = 2;

  private final LabFolder folder;
  private final LabProcesses processes;
  private final Clock clock = Clock.systemUTC();

  public Lab(Path folder) {
    this.folder = new LabFolder(folder);
    this.processes = new LabProcesses(this.folder);
  }

  public LabFolder folder() {
    return folder;
  }

  /**
   * The state of the lab, its processes as they were last started.
   *
   * @return empty when there is no lab in the folder
   */
  public Optional<LabState> state() throws IOException {
    return LabState.read(folder);
  }

  /** The state of a lab that must be there. */
  public LabState requireState() throws IOException {
    return state()
        .orElseThrow(
            () ->
                new LabFailure("there is no lab in " + folder.root() + "; start one with lab up"));
  }

  /**
   * Names of what lives: processes, {@code postgresql-SERVER}, {@code cluster-CLUSTER}, {@code
   * pod-POD}.
   */
  public List<String> alive() throws IOException {
    List<String> alive = new ArrayList<>();
    for (ProcessState process : processes.all().values()) {
      if (process.isAlive()) {
        alive.add(process.name());
      }
    }
    for (PostgresServer server : servers()) {
      if (server.postmaster().isPresent()) {
        alive.add("postgresql-" + server.name());
      }
    }
    for (OrderedClusters.Ordered cluster : OrderedClusters.in(folder.azure())) {
      if (cluster.process().isPresent()) {
        alive.add(CLUSTER + cluster.name());
      }
    }
    for (PodProcesses.Running pod : running()) {
      alive.add(POD + pod.pod());
    }
    alive.sort(Comparator.naturalOrder());
    return alive;
  }

  /**
   * Starts a new world; returns when all of it is ready. When that fails, what was started is ended
   * again, and its logs stay.
   *
   * @param say told what happens, a line at a time
   * @throws LabFailure when something lives already, or does not get ready in time
   */
  public LabState up(LabOptions options, Consumer<String> say)
      throws IOException, InterruptedException {
    List<String> alive = alive();
    if (!alive.isEmpty()) {
      throw new LabFailure(
          "a lab runs already in " + folder.root() + ": " + alive + "; end it with lab down");
    }
    folder.prepare();
    try {
      return new LabStart(folder, processes, clock).start(options, say);
    } catch (IOException | InterruptedException | RuntimeException e) {
      // Not one process may be left, whatever went wrong; the first failure is the one to tell.
      try {
        end();
      } catch (IOException | RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /**
   * Ends everything: services and traffic first, the broker last. The files stay, for reading.
   *
   * @return names of what was ended
   */
  public List<String> down() throws IOException, InterruptedException {
    List<String> alive = alive();
    end();
    List<String> left = alive();
    if (!left.isEmpty()) {
      throw new LabFailure("still alive after the end: " + left);
    }
    return alive;
  }

  /**
   * Makes what the next lab starts faster with, once after a build: some ten seconds of a core, and
   * a third of every start saved (measured: 31 s of CPU before, 20 s after). Only after {@link
   * #down()}.
   *
   * @param say told when there is something to make
   */
  public void archiveClasses(Consumer<String> say) throws IOException, InterruptedException {
    processes.archiveClasses(say);
  }

  private void end() throws IOException, InterruptedException {
    Map<String, ProcessState> all = new LinkedHashMap<>(processes.all());
    ProcessState broker = all.remove(LabBroker.NAME);
    // The services need the broker to end in an orderly way.
    LabProcesses.end(all.values(), Duration.ofSeconds(10));
    for (PostgresServer server : servers()) {
      try {
        server.stop();
      } catch (LabFailure e) {
        server.kill();
      }
    }
    if (broker != null) {
      LabProcesses.end(List.of(broker), Duration.ofSeconds(10));
    }
    // Those of a cluster or an Azure that was killed, and could not end them itself.
    for (OrderedClusters.Ordered cluster : OrderedClusters.in(folder.azure())) {
      LabProcesses.awaitEnd(cluster.kill(), Duration.ofSeconds(10));
    }
    LabProcesses.awaitEnd(new PodProcesses(folder.kubernetes()).kill(), Duration.ofSeconds(10));
    Leftovers.end(folder.azure());
  }

  /** What runs in the pods of all clusters. */
  private List<PodProcesses.Running> running() throws IOException {
    List<PodProcesses.Running> running =
        new ArrayList<>(new PodProcesses(folder.kubernetes()).running());
    for (OrderedClusters.Ordered cluster : OrderedClusters.in(folder.azure())) {
      running.addAll(cluster.pods().running());
    }
    return running;
  }

  /** The clusters that Azure has. */
  public LabClusters clusters() throws IOException {
    return new LabClusters(folder, requireState());
  }

  /** kill -9 of a process alone, or of what runs in a pod: that comes back by itself. */
  public void kill(String process) throws IOException, InterruptedException {
    List<ProcessHandle> inPod =
        running().stream()
            .filter(each -> process.equals(POD + each.pod()))
            .map(PodProcesses.Running::process)
            .toList();
    if (inPod.isEmpty()) {
      LabProcesses.kill(process(process));
    } else {
      inPod.forEach(ProcessHandle::destroyForcibly);
      LabProcesses.awaitEnd(inPod, Duration.ofSeconds(10));
    }
  }

  /** Starts a process again that has ended, with the command it had. */
  public ProcessState start(String process) throws IOException {
    ProcessState before = process(process);
    if (before.isAlive()) {
      return before;
    }
    ProcessState started = processes.start(process, before.command(), before.httpPort());
    requireState().withProcesses(processes.all()).write(folder);
    return started;
  }

  private ProcessState process(String name) throws IOException {
    Map<String, ProcessState> all = processes.all();
    ProcessState state = all.get(name);
    if (state == null) {
      throw new LabFailure("no process '" + name + "', there are " + all.keySet());
    }
    return state;
  }

  /** Deletes what a service keeps on its local disk, as a new machine would have none of it. */
  public void wipeLocalState(String process) throws IOException {
    folder.delete(folder.root().resolve("services").resolve(process));
  }

  /** kill -9 of a PostgreSQL server with all its children, and its data directory deleted. */
  public void destroyPostgresql(String server) throws IOException, InterruptedException {
    PostgresServer victim = server(server);
    victim.kill();
    folder.delete(victim.data());
  }

  /** kill -9 of a PostgreSQL server; its data stays. */
  public void killPostgresql(String server) throws IOException, InterruptedException {
    server(server).kill();
  }

  /** Stops a PostgreSQL server in an orderly way. */
  public void stopPostgresql(String server) throws IOException, InterruptedException {
    server(server).stop();
  }

  /** Starts a PostgreSQL server again. */
  public void startPostgresql(String server) throws IOException, InterruptedException {
    server(server).start();
  }

  /** The network's process. */
  public NetworkControl network() throws IOException {
    return new NetworkControl(URI.create(requireState().network().control()));
  }

  /** The Redis of the lab. */
  public LabRedis redis() throws IOException {
    return new LabRedis(folder, requireState().cluster());
  }

  /** The volumes of the lab's platform. */
  public LabVolumes volumes() throws IOException {
    return new LabVolumes(folder, requireState().cluster());
  }

  /** The volumes of the platform in one of Azure's clusters. */
  public LabVolumes volumes(String cluster) throws IOException {
    return new LabVolumes(folder, foundIn(cluster));
  }

  /** The Azure of the lab. */
  public AzureControl azure() throws IOException {
    LabState.Azure found = requireState().azure();
    if (found == null) {
      throw new LabFailure("this lab has no Azure; start one with lab up --azure");
    }
    return new AzureControl(URI.create(found.control()));
  }

  /** Names of the servers that Azure has. */
  public List<String> azureServers() throws IOException {
    LabState.Azure found = requireState().azure();
    return new LabAzureClient(URI.create(found.endpoint())).serverNames();
  }

  /** Deletes a server that Azure has; returns when it is gone. */
  public void deleteAzureServer(String name) throws IOException {
    new LabAzureClient(URI.create(requireState().azure().endpoint())).delete(name);
  }

  /** Releases of the platform. */
  public LabReleases releases() throws IOException {
    return new LabReleases(requireState().cluster());
  }

  /** How the traffic goes. */
  public TrafficStatus traffic() throws IOException {
    return TrafficStatus.read(requireState().file("traffic-status"));
  }

  /** A database of a server, as its admin role. */
  public DatabaseAddress admin(String server, String database) throws IOException {
    LabState.Server found = requireState().server(server);
    return new DatabaseAddress(
        found.host(),
        found.port(),
        database,
        found.adminUser(),
        Files.readString(password(folder, server)).strip(),
        "disable");
  }

  /**
   * The database that the platform's pods use if they start now: what the Secret in the cluster
   * says.
   */
  public DatabaseAddress platformDatabase() throws IOException {
    return platformDatabase(requireState().cluster());
  }

  /** The same, of the platform in one of Azure's clusters. */
  public DatabaseAddress platformDatabase(String cluster) throws IOException {
    return platformDatabase(foundIn(cluster));
  }

  private LabState.Cluster foundIn(String cluster) throws IOException {
    Path kubeconfig = OrderedClusters.folder(folder.azure(), cluster).resolve("kubeconfig");
    return requireState().cluster().foundBy(kubeconfig);
  }

  private static DatabaseAddress platformDatabase(LabState.Cluster cluster) throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      String encoded =
          client
              .secrets()
              .inNamespace(cluster.namespace())
              .withName(cluster.secret())
              .require()
              .getData()
              .get(cluster.key());
      return DatabaseAddress.parse(
          new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
    }
  }

  /** What the monitoring needs that is not installed, by the names of Debian's packages. */
  public static List<String> missingForMonitoring() {
    return Monitoring.missing();
  }

  /**
   * Starts an exporter, a Prometheus and an Alertmanager of their own beside the running lab, which
   * tell nobody of the pipeline.
   *
   * @param name begins the names of their processes
   * @param webhook that gets the alerts of the primary
   */
  public void startMonitoring(String name, MonitoringRhythm rhythm, URI webhook)
      throws IOException, InterruptedException {
    Path token = folder.secrets().resolve(name + "-token");
    if (!Files.exists(token)) {
      folder.secret(name + "-token", LabFolder.randomSecret());
    }
    new Monitoring(folder, processes, name, rhythm)
        .start(
            requireState().server(LabPlan.PRIMARY),
            password(folder, LabPlan.PRIMARY),
            List.of(webhook),
            token,
            1);
    requireState().withProcesses(processes.all()).write(folder);
  }

  /** Ends what {@link #startMonitoring} has started. */
  public void endMonitoring(String name) throws IOException, InterruptedException {
    LabProcesses.end(
        processes.all().values().stream()
            .filter(process -> process.name().startsWith(name + "-"))
            .toList(),
        Duration.ofSeconds(10));
  }

  private static Path password(LabFolder folder, String server) {
    return folder.secrets().resolve(server + "-admin-password");
  }

  private PostgresServer server(String name) throws IOException {
    LabState state = requireState();
    return new PostgresServer(folder, name, state.server(name).port(), Path.of(state.tools()));
  }

  private List<PostgresServer> servers() throws IOException {
    List<PostgresServer> servers = new ArrayList<>();
    Optional<LabState> state = state();
    if (state.isPresent()) {
      for (String name : state.get().servers().keySet()) {
        servers.add(server(name));
      }
    }
    return servers;
  }

  /** The steps of {@link #up}, in their order. */
  private static final class LabStart {
    private final LabFolder folder;
    private final LabProcesses processes;
    private final Clock clock;

    LabStart(LabFolder folder, LabProcesses processes, Clock clock) {
      this.folder = folder;
      this.processes = processes;
      this.clock = clock;
    }

    LabState start(LabOptions options, Consumer<String> say)
        throws IOException, InterruptedException {
      Path tools = PostgresTools.find();
      LabPlan plan = LabPlan.make(folder, options, tools);
      LabConfiguration configuration = new LabConfiguration(plan);
      LabBroker broker = new LabBroker(folder, processes, plan.brokerPort());
      LabState state = state(plan, configuration);
      // Before the first process: whatever happens now, down finds it.
      state.write(folder);
      processes.shareClassPath();
      Map<String, String> passwords = secrets(plan);
      LabWorkloads.writeImages(plan, processes);
      if (plan.azure().isPresent()) {
        plan = azure(plan, passwords, say);
        configuration = new LabConfiguration(plan);
        state = state(plan, configuration);
        state.write(folder);
      }
      configuration.write();

      say.accept("broker: starting on " + broker.bootstrap());
      broker.start(plan.controllerPort());
      Map<String, String> platformSecrets =
          LabWorkloads.secrets(plan, platformSecrets(plan, passwords));
      network(plan);
      try (LabWorkloads workloads = new LabWorkloads(plan, processes)) {
        say.accept("kubernetes: on port " + plan.cluster().api());
        workloads.begin(platformSecrets);
        for (String name : plan.ownServers()) {
          say.accept("postgresql " + name + ": starting on port " + plan.serverPorts().get(name));
          server(plan, name, passwords);
        }
        say.accept("database: seeding " + options.events() + " audit events");
        seed(plan, passwords);
        if (plan.azure().isPresent()) {
          new LabAzureCloud(folder, processes, plan.azure().get()).takeBackup();
        }
        workloads.awaitReady(say);
      }
      if (plan.options().managedCluster()) {
        managed(plan).finish(platformSecrets, say);
      }
      broker.awaitReady();
      say.accept("broker: ready");
      if (options.clusterWatched()) {
        ClusterConfiguration.writeKubeconfigs(plan);
      }
      LabServices services = new LabServices(plan, configuration, processes);
      List<ProcessState> started = options.services() ? services.start() : List.of();
      new LabClients(plan, processes).start(say);
      monitoring(plan, configuration, state, say);
      for (ProcessState service : started) {
        services.awaitHealthy(service);
        say.accept(service.name() + ": ready");
      }
      if (options.services()) {
        Waiting.until(
            "the first backup",
            LIMIT,
            () -> !RestorePointManifest.list(List.of(folder.backups())).restorePoints().isEmpty(),
            () -> processes.tail("backup"));
        say.accept("backup: the first restore point is there");
      }
      LabState ready = state.withProcesses(processes.all()).whenReady();
      ready.write(folder);
      return ready;
    }

    private LabPlan azure(LabPlan plan, Map<String, String> passwords, Consumer<String> say)
        throws IOException, InterruptedException {
      LabPlan.AzurePorts ports = plan.azure().orElseThrow();
      say.accept("azure: starting at " + LabAzureCloud.endpoint(ports));
      LabAzureCloud cloud = new LabAzureCloud(folder, processes, ports);
      boolean managed = plan.options().managedCluster();
      cloud.start(plan.tools(), managed ? LabManagedCluster.azureArguments(plan) : List.of());
      if (managed) {
        managed(plan).order();
      }
      String host = cloud.makeServer(passwords.get(LabPlan.PRIMARY), plan.tools());
      say.accept("azure: the server " + LabAzureCloud.SERVER + " is at " + host);
      LabPlan placed = plan.withPrimaryAt(host);
      if (managed) {
        placed = managed(plan).await(placed);
        say.accept("azure: the cluster " + LabManagedCluster.NAME + " is there");
      }
      return placed;
    }

    private static LabManagedCluster managed(LabPlan plan) {
      return new LabManagedCluster(
          plan, new LabArm(LabAzureCloud.endpoint(plan.azure().orElseThrow())));
    }

    private static LabState.Azure azure(LabPlan plan) {
      return plan.azure()
          .map(
              ports ->
                  new LabState.Azure(
                      LabAzureCloud.endpoint(ports).toString(),
                      LabAzureCloud.control(ports).toString(),
                      plan.folder().azure().toString(),
                      LabAzureCloud.SUBSCRIPTION,
                      LabAzureCloud.GROUP,
                      LabAzureCloud.SERVER))
          .orElse(null);
    }

    private LabState state(LabPlan plan, LabConfiguration configuration) {
      Map<String, LabState.Server> servers = new LinkedHashMap<>();
      for (String name : LabPlan.SERVERS) {
        PostgresServer server =
            new PostgresServer(folder, name, plan.serverPorts().get(name), plan.tools());
        servers.put(
            name,
            new LabState.Server(
                plan.serverHosts().get(name),
                server.port(),
                PlatformDatabase.ADMIN,
                server.data().toString(),
                server.log().toString()));
      }
      Map<String, String> files = new LinkedHashMap<>();
      files.put("admin-token", folder.secrets().resolve("admin-token").toString());
      files.put("audit-key", folder.secrets().resolve("audit-key").toString());
      files.put("inventory", configuration.inventory().toString());
      files.put("policy", configuration.policy().toString());
      files.put("console", configuration.file(LabConfiguration.CONSOLE).toString());
      files.put("kill-switch", configuration.killSwitch().toString());
      files.put("ledger", folder.traffic().resolve("ledger.csv").toString());
      files.put("sessions", LabClients.sessions(folder).toString());
      files.put("traffic-status", folder.traffic().resolve("status.json").toString());
      files.put("backups", folder.backups().toString());
      files.put("salvage", folder.root().resolve("salvage").toString());
      return new LabState(
          folder.root().toString(),
          clock.instant().toString(),
          false,
          plan.options().events(),
          plan.tools().toString(),
          "127.0.0.1:" + plan.brokerPort(),
          servers,
          plan.platformAddress(),
          plan.cloudAddress(),
          new LabState.Network(
              plan.controlAddress(),
              "http://127.0.0.1:" + plan.witnessPort() + "/",
              plan.slackAddress(),
              plan.paths()),
          cluster(plan),
          azure(plan),
          files,
          Map.of());
    }

    private static LabState.Cluster cluster(LabPlan plan) {
      return new LabState.Cluster(
          LabCluster.kubeconfig(plan.folder()).toString(),
          "http://127.0.0.1:" + plan.cluster().control(),
          plan.clusterFolder().toString(),
          LabCluster.NAMESPACE,
          PlatformWorkload.DEPLOYMENTS,
          PlatformWorkload.SECRET,
          PlatformWorkload.DATABASE_URL,
          plan.redis()
              .map(port -> new LabState.Redis(RedisWorkload.NAME, RedisWorkload.CLAIM, port))
              .orElse(null));
    }

    private Map<String, String> secrets(LabPlan plan) throws IOException {
      Map<String, String> passwords = new LinkedHashMap<>();
      for (String server : LabPlan.SERVERS) {
        passwords.put(server, LabFolder.randomSecret());
        folder.secret(server + "-admin-password", passwords.get(server));
        passwords.put(server + "/superuser", LabFolder.randomSecret());
        folder.secret(server + "-superuser-password", passwords.get(server + "/superuser"));
      }
      passwords.put("application", LabFolder.randomSecret());
      passwords.put("audit-key", LabFolder.randomSecret());
      folder.secret("audit-key", passwords.get("audit-key"));
      passwords.put("admin-token", LabFolder.randomSecret());
      folder.secret("admin-token", passwords.get("admin-token"));
      folder.secret("slack-url", plan.slackAddress());
      folder.secret("pagerduty-routing-key", LabFolder.randomSecret());
      if (plan.options().monitoring().isPresent()) {
        folder.secret("alert-token", LabFolder.randomSecret());
      }
      return passwords;
    }

    private void network(LabPlan plan) throws IOException {
      List<String> arguments = new ArrayList<>();
      arguments.add("--control-port=" + plan.controlPort());
      arguments.add("--witness-port=" + plan.witnessPort());
      arguments.add("--messages=" + folder.root().resolve("logs/messages.jsonl"));
      for (String observer : plan.observers()) {
        Map<String, String> targets = new LinkedHashMap<>();
        plan.serverPorts()
            .forEach(
                (server, port) -> targets.put(server, plan.serverHosts().get(server) + ":" + port));
        targets.put(LabPlan.WITNESS, "127.0.0.1:" + plan.witnessPort());
        plan.redis().ifPresent(port -> targets.put(LabPlan.REDIS, "127.0.0.1:" + port));
        if (plan.options().clusterWatched()) {
          targets.put(LabPlan.KUBERNETES, "127.0.0.1:" + plan.cluster().api());
          targets.put(LabPlan.PUBLIC, "127.0.0.1:" + plan.cluster().platform());
        }
        targets.forEach(
            (target, address) -> {
              String name = LabPlan.path(observer, target);
              arguments.add("--path=" + name + "=" + plan.paths().get(name) + ":" + address);
            });
      }
      if (plan.options().managedCluster()) {
        arguments.add("--names=" + LabAzureCloud.control(plan.azure().orElseThrow()) + "/names/");
        arguments.add(
            "--resolved-path=%s=%d:%s:%d"
                .formatted(
                    LabPlan.EDGE,
                    plan.cluster().platform(),
                    PublicRecord.NAME,
                    plan.cluster().platform()));
      }
      processes.start(
          "network", processes.java("network", 64, LabNetwork.class.getName(), arguments), 0);
    }

    private void server(LabPlan plan, String name, Map<String, String> passwords)
        throws IOException, InterruptedException {
      PostgresServer server =
          new PostgresServer(folder, name, plan.serverPorts().get(name), plan.tools());
      String superuserPassword = passwords.get(name + "/superuser");
      server.initialize(superuserPassword);
      server.start();
      try {
        PlatformDatabase.createAdmin(
            server.address("postgres", PostgresServer.SUPERUSER, superuserPassword),
            passwords.get(name));
      } catch (SQLException e) {
        throw new LabFailure("PostgreSQL " + name + " cannot be set up: " + e.getMessage(), e);
      }
    }

    private void seed(LabPlan plan, Map<String, String> passwords) throws IOException {
      try {
        PlatformDatabase.create(
            database(plan, passwords),
            passwords.get("application"),
            passwords.get("audit-key").getBytes(StandardCharsets.UTF_8),
            plan.options().events(),
            clock);
      } catch (SQLException e) {
        throw new LabFailure("the database cannot be seeded: " + e.getMessage(), e);
      }
    }

    private static DatabaseAddress database(LabPlan plan, Map<String, String> passwords) {
      return new DatabaseAddress(
          plan.serverHosts().get(LabPlan.PRIMARY),
          plan.serverPorts().get(LabPlan.PRIMARY),
          PlatformDatabase.DATABASE,
          PlatformDatabase.ADMIN,
          passwords.get(LabPlan.PRIMARY),
          "disable");
    }

    private static Map<String, String> platformSecrets(
        LabPlan plan, Map<String, String> passwords) {
      return Map.of(
          PlatformWorkload.DATABASE_URL,
          database(plan, passwords)
              .withLogin(PlatformDatabase.APPLICATION, passwords.get("application"))
              .url(),
          "AUDIT_KEY",
          passwords.get("audit-key"),
          "ADMIN_TOKEN",
          passwords.get("admin-token"));
    }

    private void monitoring(
        LabPlan plan, LabConfiguration configuration, LabState state, Consumer<String> say)
        throws IOException, InterruptedException {
      Optional<MonitoringRhythm> rhythm = plan.options().monitoring();
      if (rhythm.isPresent()) {
        new Monitoring(folder, processes, MONITORING, rhythm.get())
            .start(
                state.server(LabPlan.PRIMARY),
                password(folder, LabPlan.PRIMARY),
                plan.webhooks(),
                configuration.alertToken(),
                ALERT_SENDERS);
        say.accept("monitoring: exporter, Prometheus and two Alertmanagers are ready");
      }
    }
  }
}
