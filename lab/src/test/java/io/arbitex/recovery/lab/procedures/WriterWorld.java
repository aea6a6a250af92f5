package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.RecoveryWorld;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.record.StepCommand;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two real servers, and a cluster whose deployments write to the database that their Secret names:
 * each pod inserts rows as fast as its database takes them.
 */
final class WriterWorld implements AutoCloseable {
  static final String SECRET = "arbitex-secrets";
  static final String KEY = "DATABASE_URL";
  static final String PLATFORM = "arbitex-platform";
  static final String CLOUD = "arbitex-cloud";
  static final String REPORT = "arbitex-report";
  private static final String WRITE =
      "trap 'exit 0' TERM; while true; do psql \"$DATABASE_URL\" -qAtX"
          + " -c \"INSERT INTO writes VALUES ('$HOSTNAME')\" -c \"SELECT pg_sleep(0.3)\""
          + " >/dev/null 2>&1 & wait $!; sleep 0.05; done";
  private static final String IMAGE =
      """
        writer:
          command: [/bin/sh, -c, "true"]
          programs:
            psql: [%s/psql]
      """;

  final TestCluster cluster;
  final RecoveryWorld databases;
  final String oldSecret;
  private final HttpServer health;
  private String namespace;
  private int attempts;

  /** Starts the servers and the cluster. */
  WriterWorld(Path folder) throws Exception {
    cluster = new TestCluster(folder);
    databases = RecoveryWorld.start(Files.createDirectories(folder.resolve("databases")));
    Files.writeString(
        folder.resolve("images.yaml"),
        IMAGE.formatted(databases.spare.tools()),
        StandardOpenOption.APPEND);
    try (Connection connection = databases.admin(databases.primary, RecoveryWorld.DATABASE);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE writes (pod text NOT NULL)");
      statement.execute("GRANT INSERT ON writes TO arbitex_app");
    }
    databases.dump("dump-1");
    oldSecret = Files.readString(databases.secret).strip();
    health = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    health.createContext(
        "/health",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, -1);
          }
        });
    health.start();
    databases.healthUrl = "http://127.0.0.1:" + health.getAddress().getPort() + "/health";
    databases.connectionSecret = "kubernetes:" + SECRET + "/" + KEY;
  }

  /** A namespace with its writers running on the primary, as before any recovery. */
  void deploy() throws Exception {
    if (databases.primary.postmaster().filter(ProcessHandle::isAlive).isEmpty()) {
      databases.primary.startServer();
    }
    databases.primary.execute("postgres", "ALTER ROLE arbitex_app LOGIN");
    for (String database : databases.databases(databases.spare)) {
      databases.spare.execute("postgres", "DROP DATABASE \"" + database + "\" WITH (FORCE)");
    }
    if (namespace != null) {
      client().apps().deployments().inNamespace(namespace).delete();
    }
    namespace = cluster.namespace();
    databases.kubernetes =
        """
            kubernetes:
              kubeconfig: file:%s
              namespace: %s
              writers: [deployment/%s, deployment/%s, cronjob/%s]
        """
            .formatted(cluster.kubeconfig(), namespace, PLATFORM, CLOUD, REPORT);
    client().secrets().inNamespace(namespace).resource(secret()).create();
    client().apps().deployments().inNamespace(namespace).resource(writer(PLATFORM, 2)).create();
    client().apps().deployments().inNamespace(namespace).resource(writer(CLOUD, 1)).create();
    client().batch().v1().cronjobs().inNamespace(namespace).resource(cronJob()).create();
    awaitReady();
  }

  private Secret secret() {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(SECRET)
        .endMetadata()
        .addToStringData(KEY, oldSecret)
        .addToStringData("OTHER", "untouched")
        .build();
  }

  private static Deployment writer(String name, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .withMatchLabels(Map.of("app", name))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", name))
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(2L)
        .addNewContainer()
        .withName("main")
        .withImage("writer")
        .withCommand("/bin/sh", "-c", WRITE)
        .addNewEnv()
        .withName(KEY)
        .withNewValueFrom()
        .withNewSecretKeyRef(KEY, SECRET, false)
        .endValueFrom()
        .endEnv()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static CronJob cronJob() {
    return new CronJobBuilder()
        .withNewMetadata()
        .withName(REPORT)
        .endMetadata()
        .withNewSpec()
        .withSchedule("0 3 * * *")
        .withNewJobTemplate()
        .withNewSpec()
        .withNewTemplate()
        .withNewSpec()
        .withRestartPolicy("Never")
        .addNewContainer()
        .withName("main")
        .withImage("shell")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .endJobTemplate()
        .endSpec()
        .build();
  }

  KubernetesClient client() {
    return cluster.client();
  }

  String namespace() {
    return namespace;
  }

  RollableScalableResource<Deployment> deployment(String name) {
    return client().apps().deployments().inNamespace(namespace).withName(name);
  }

  boolean reportIsSuspended() {
    return Boolean.TRUE.equals(
        client()
            .batch()
            .v1()
            .cronjobs()
            .inNamespace(namespace)
            .withName(REPORT)
            .get()
            .getSpec()
            .getSuspend());
  }

  /** Wanted replicas of platform and cloud. */
  List<Integer> replicas() {
    return List.of(
        deployment(PLATFORM).get().getSpec().getReplicas(),
        deployment(CLOUD).get().getSpec().getReplicas());
  }

  /** All writers run as they were deployed. */
  void awaitReady() throws InterruptedException {
    until(
        "the writers are ready",
        () ->
            Integer.valueOf(2).equals(deployment(PLATFORM).get().getStatus().getReadyReplicas())
                && Integer.valueOf(1)
                    .equals(deployment(CLOUD).get().getStatus().getReadyReplicas()));
  }

  String secret(String key) {
    String encoded =
        client().secrets().inNamespace(namespace).withName(SECRET).get().getData().get(key);
    return encoded == null
        ? null
        : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  /** Rows that the writers had acknowledged by the primary. */
  long writesOnPrimary() throws Exception {
    return Long.parseLong(
        databases
            .texts(databases.primary, RecoveryWorld.DATABASE, "SELECT count(*) FROM writes")
            .get(0));
  }

  /** Rows that the pods of this namespace's deployments wrote to the restored database. */
  long writesOnTarget(DatabaseAddress named) throws Exception {
    return Long.parseLong(
        databases.texts(databases.spare, named.database(), "SELECT count(*) FROM writes").get(0));
  }

  /** Names of a deployment's pods that are not ending. */
  List<String> pods(String deployment) {
    return client()
        .pods()
        .inNamespace(namespace)
        .withLabel("app", deployment)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }

  ProcedureBench bench() throws Exception {
    return new ProcedureBench(databases.procedures());
  }

  ProcedureBench restored() throws Exception {
    ProcedureBench bench = bench();
    bench.run(databases.restore(++attempts));
    return bench;
  }

  StepCommand cutover(Map<String, String> restored) {
    Map<String, String> parameters = new LinkedHashMap<>(restored);
    parameters.put("source-resource", "primary");
    parameters.put("source-epoch", "0");
    return databases.command("cutover.database", "cutover", ++attempts, parameters);
  }

  @Override
  public void close() {
    health.stop(0);
    cluster.close();
    databases.close();
  }
}
