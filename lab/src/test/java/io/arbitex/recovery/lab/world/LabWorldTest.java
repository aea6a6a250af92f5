package io.arbitex.recovery.lab.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.backup.PostgresqlBackup;
import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.EndpointCheck;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.lab.network.NetworkControl;
import io.arbitex.recovery.lab.network.PathState;
import io.arbitex.recovery.lab.traffic.SessionLedger;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.record.RestorePoint;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** One world, looked at while it lives and then broken, in this order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LabWorldTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static Lab lab;
  private static LabState state;
  private static Thread hook;

  @BeforeAll
  static void up() throws Exception {
    // Not JUnit's temporary folder: the user postgres must be able to reach it.
    Path folder = Files.createTempDirectory("recovery-lab-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    lab = new Lab(folder);
    hook = new Thread(LabWorldTest::downQuietly, "lab-world-test-end");
    Runtime.getRuntime().addShutdownHook(hook);
    state = lab.up(LabOptions.DEFAULT.withEvents(20_000).worldOnly(), System.out::println);
  }

  @AfterAll
  static void down() throws Exception {
    lab.down();
    Runtime.getRuntime().removeShutdownHook(hook);
    try (Stream<Path> files = Files.walk(lab.folder().root())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void downQuietly() {
    try {
      lab.down();
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw new IllegalStateException("the lab did not end", e);
    }
  }

  private static void until(String what, Callable<Boolean> condition) throws InterruptedException {
    Waiting.until(what, LIMIT, condition, () -> "");
  }

  private static String adminToken() throws IOException {
    return Files.readString(state.file("admin-token")).strip();
  }

  private static byte[] auditKey() throws IOException {
    return Files.readString(state.file("audit-key")).strip().getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode get(String path) throws IOException, InterruptedException {
    return new EndpointCheck(LIMIT)
        .get(URI.create(state.platform() + path), Optional.of(adminToken()))
        .body();
  }

  @Test
  @Order(1)
  void trafficFlowsAndTwoHandsAgreeOnTheChain() throws Exception {
    until("fifty events", () -> lab.traffic().acknowledged() > 50);
    JsonNode head = get("/v1/admin/audit/verify");
    assertThat(head.path("chain_valid").booleanValue()).isTrue();
    assertThat(head.path("events").longValue()).isGreaterThan(20_050);
    assertThat(get("/v1/admin/audit/verify?full=true").path("chain_valid").booleanValue()).isTrue();
    ChainVerdict own =
        new AuditChain(auditKey())
            .verify(lab.admin("primary", PlatformDatabase.DATABASE), 2, Optional.empty());
    assertThat(own.valid()).as("%s", own.firstMistake()).isTrue();
    assertThat(own.rows()).isEqualTo(own.headId());

    List<TrafficLedger.Entry> ledger = TrafficLedger.read(state.file("ledger"));
    try (Connection connection = PlatformDatabase.connect(lab.platformDatabase())) {
      assertThat(TrafficLedger.compare(ledger, connection).lost()).isEmpty();
    }
    assertThat(ledger.stream().map(TrafficLedger.Entry::tenant).distinct().count())
        .isGreaterThan(3);
  }

  @Test
  @Order(1)
  void anEventIsFoundByItsClientsOwnName() throws Exception {
    until("fifty events", () -> lab.traffic().acknowledged() > 50);
    List<TrafficLedger.Entry> ledger = TrafficLedger.read(state.file("ledger"));
    assertThat(ledger).extracting(TrafficLedger.Entry::request).doesNotHaveDuplicates();
    TrafficLedger.Entry any = ledger.get(ledger.size() / 2);
    assertThat(
            ask(
                lab.platformDatabase(),
                "SELECT id FROM audit_events WHERE payload->>'request' = '" + any.request() + "'"))
        .isEqualTo(Long.toString(any.id()));
  }

  @Test
  @Order(1)
  void bothDeploymentsWrite() throws Exception {
    until("a hundred events", () -> lab.traffic().acknowledged() > 100);
    for (String deployment : state.cluster().deployments()) {
      assertThat(
              ask(
                  lab.admin("primary", PlatformDatabase.DATABASE),
                  "SELECT count(*) FROM pg_stat_activity WHERE usename = 'arbitex_app' AND query"
                      + " = 'COMMIT' AND application_name LIKE '"
                      + deployment
                      + "-%'"))
          .as(deployment)
          .isNotEqualTo("0");
    }
    assertThat(health(state.cloud())).isEqualTo(200);
  }

  @Test
  @Order(1)
  void claimsOfTheRunbookAreBoundAndMounted() throws Exception {
    try (KubernetesClient client = kubernetes()) {
      for (String claim : List.of("arbitex-db-data", "arbitex-audit-buffer", "arbitex-db-backup")) {
        assertThat(
                client
                    .persistentVolumeClaims()
                    .inNamespace(state.cluster().namespace())
                    .withName(claim)
                    .require()
                    .getStatus()
                    .getPhase())
            .as(claim)
            .isEqualTo("Bound");
      }
      Ran ran = run(client, "sh", "-c", "cd /backups && cd ../var/lib/arbitex/audit-buffer");
      assertThat(ran.status()).as(ran.text()).isZero();
    }
  }

  @Test
  @Order(1)
  void thePodsOwnCommandsProveIt() throws Exception {
    try (KubernetesClient client = kubernetes()) {
      Ran head = run(client, "alembic", "current");
      assertThat(head.status()).as(head.text()).isZero();
      assertThat(head.text()).contains(PlatformDatabase.ALEMBIC_HEAD);
      assertThat(run(client, "alembic", "downgrade").status()).isNotZero();
      Ran smoke = run(client, "smoke");
      assertThat(smoke.status()).as(smoke.text()).isZero();
      assertThat(smoke.text().lines())
          .hasSize(3)
          .allSatisfy(line -> assertThat(line).startsWith("passed "));
      assertNoSecrets(head, smoke);
    }
  }

  private static void assertNoSecrets(Ran... all) throws IOException {
    for (Ran each : all) {
      assertThat(each.text())
          .doesNotContain(adminToken())
          .doesNotContain(Files.readString(state.file("audit-key")).strip())
          .doesNotContain(lab.platformDatabase().password());
    }
  }

  /** What a command in a pod of the platform came to; all that it printed. */
  private record Ran(int status, String text) {}

  private static Ran run(KubernetesClient client, String... command) throws Exception {
    Pod pod = pods(client).get(0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ExecWatch exec =
        client.pods().resource(pod).writingOutput(out).writingError(err).exec(command)) {
      int status = exec.exitCode().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      return new Ran(
          status, out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8));
    }
  }

  private static KubernetesClient kubernetes() throws IOException {
    return LabCluster.client(Path.of(state.cluster().kubeconfig()));
  }

  private static List<Pod> pods(KubernetesClient client) {
    return client
        .pods()
        .inNamespace(state.cluster().namespace())
        .withLabel("app", PlatformWorkload.PLATFORM)
        .list()
        .getItems();
  }

  private static int health(String address) throws InterruptedException {
    try {
      return new EndpointCheck(LIMIT)
          .get(URI.create(address + "/health"), Optional.empty())
          .status();
    } catch (IOException e) {
      // What clients see when no pod is ready.
      return 503;
    }
  }

  @Test
  @Order(1)
  void thePlatformGuardsItsAdminEndpointAndRefusesBadEvents() throws Exception {
    EndpointCheck check = new EndpointCheck(LIMIT);
    URI verify = URI.create(state.platform() + "/v1/admin/audit/verify");
    assertThat(check.get(verify, Optional.empty()).status()).isEqualTo(401);
    assertThat(check.get(verify, Optional.of("guess")).status()).isEqualTo(401);
    assertThat(check.auditVerify(verify, adminToken()).passed()).isTrue();
    assertThat(post("{\"tenant\": \"one\"}")).isEqualTo(400);
    assertThat(post("no json")).isEqualTo(400);
  }

  private static int post(String body) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(state.platform() + "/v1/events"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  @Order(1)
  void theAdminIsNoSuperuserAndTheApplicationOwnsNothing() throws Exception {
    for (String server : List.of("primary", "spare")) {
      assertThat(
              ask(
                  lab.admin(server, "postgres"),
                  "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
    }
    assertThat(
            ask(
                lab.platformDatabase(),
                "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"))
        .isEqualTo("0");
    assertThatThrownBy(() -> ask(lab.platformDatabase(), "DELETE FROM audit_events RETURNING id"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("permission denied");
  }

  private static String ask(DatabaseAddress address, String query) throws SQLException {
    try (Connection connection = PlatformDatabase.connect(address);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }

  @Test
  @Order(1)
  void theServicesConfigurationIsRight() throws Exception {
    Inventory inventory = Inventory.read(state.file("inventory"));
    assertThat(inventory.platform(LabPlan.PLATFORM).orElseThrow().observers()).hasSize(3);
    Policy policy = Policy.read(state.file("policy"));
    assertThat(policy.detection().restoreAfter()).isEqualTo(Duration.ofSeconds(5));
    Inventory observer =
        Inventory.read(state.file("inventory").resolveSibling("platform-observer-b.yaml"));
    int port =
        observer
            .platform(LabPlan.PLATFORM)
            .orElseThrow()
            .component(LabPlan.COMPONENT)
            .orElseThrow()
            .postgresql()
            .orElseThrow()
            .server("primary")
            .orElseThrow()
            .port();
    assertThat(port).isEqualTo(state.network().paths().get("observer-b-to-primary"));
    String text = Files.readString(state.file("inventory"));
    for (String secret : List.of("admin-token", "audit-key")) {
      assertThat(text).doesNotContain(Files.readString(state.file(secret)));
    }
  }

  @Test
  @Order(1)
  void aPathIsCutAndRestoredForOneObserverOnly() throws Exception {
    NetworkControl network = lab.network();
    DatabaseAddress direct = lab.admin("primary", PlatformDatabase.DATABASE);
    DatabaseAddress a = by(direct, "observer-a-to-primary");
    DatabaseAddress b = by(direct, "observer-b-to-primary");
    try (Connection open = PlatformDatabase.connect(a)) {
      network.set("observer-a-to-primary", PathState.REFUSED);
      assertThatThrownBy(() -> connect(a)).isInstanceOf(SQLException.class);
      assertThat(open.isValid(2)).isFalse();
      connect(b);
      network.set("observer-a-to-primary", PathState.BLACK_HOLE);
      assertThatThrownBy(() -> connect(a)).isInstanceOf(SQLException.class);
      connect(b);
      network.set("observer-a-to-primary", PathState.OPEN);
      connect(a);
    }
    assertThat(state.network().paths()).containsKey("observer-c-to-witness");
    assertThatThrownBy(() -> network.set("nowhere", PathState.OPEN))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("404");
  }

  private static DatabaseAddress by(DatabaseAddress direct, String path) {
    return direct.withEndpoint("127.0.0.1", state.network().paths().get(path));
  }

  private static void connect(DatabaseAddress address) throws SQLException {
    address.connect("test", Duration.ofSeconds(2), Duration.ofSeconds(2)).close();
  }

  @Test
  @Order(1)
  void messagesToPeopleAreKept() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    for (String body : List.of("{\"text\": \"database lost\"}", "{\"nothing\": 1}", "{")) {
      http.send(
          HttpRequest.newBuilder(URI.create(state.network().slack()))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    }
    assertThat(lab.network().messages())
        .extracting(NetworkControl.Message::text)
        .containsExactly("database lost");
    URI pager = URI.create(state.network().slack()).resolve("/pagerduty/on-call");
    for (String body :
        List.of(
            "{\"routing_key\": \"k\", \"event_action\": \"resolve\", \"dedup_key\": \"inc\"}",
            "{\"routing_key\": \"k\", \"event_action\": \"shout\", \"dedup_key\": \"inc\"}")) {
      http.send(
          HttpRequest.newBuilder(pager).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
          HttpResponse.BodyHandlers.discarding());
    }
    assertThat(lab.network().messages())
        .filteredOn(message -> message.channel().equals("on-call"))
        .singleElement()
        .satisfies(
            message ->
                assertThat(message.body().toString()).contains("resolve").doesNotContain("\"k\""));
  }

  @Test
  @Order(1)
  void aSecondUpTellsWhatRunsAndTouchesNothing() {
    assertThatThrownBy(() -> lab.up(LabOptions.DEFAULT, System.out::println))
        .isInstanceOf(LabFailure.class)
        .hasMessageContaining("postgresql-primary")
        .hasMessageContaining("lab down");
  }

  @Test
  @Order(2)
  void aBrokerThatIsKilledComesBack() throws Exception {
    lab.kill(LabBroker.NAME);
    assertThat(lab.alive()).doesNotContain(LabBroker.NAME);
    long begin = System.nanoTime();
    lab.start(LabBroker.NAME);
    int port = Integer.parseInt(state.kafka().split(":", 2)[1]);
    new LabBroker(lab.folder(), new LabProcesses(lab.folder()), port).awaitReady();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  @Order(3)
  void aRestartedServerIsFoundAgainByThePodsThatWereThere() throws Exception {
    try (KubernetesClient client = kubernetes()) {
      List<String> before = runs(client);
      lab.stopPostgresql("primary");
      until("failing traffic", () -> lab.traffic().failing());
      until("no pod is ready", () -> pods(client).stream().noneMatch(Readiness::isPodReady));
      lab.startPostgresql("primary");
      until("traffic again", () -> !lab.traffic().failing());
      until("pods are ready", () -> pods(client).stream().allMatch(Readiness::isPodReady));
      assertThat(runs(client)).isEqualTo(before);
    }
    assertThat(lab.traffic().abandoned()).as("events that clients gave up").isZero();
  }

  private static List<String> runs(KubernetesClient client) {
    return pods(client).stream()
        .map(pod -> pod.getStatus().getContainerStatuses().get(0).getContainerID())
        .sorted()
        .toList();
  }

  @Test
  @Order(3)
  void aPodThatIsKilledComesBackAndNoEventIsGivenUp() throws Exception {
    try (KubernetesClient client = kubernetes()) {
      String name = pods(client).get(0).getMetadata().getName();
      assertThat(lab.alive()).contains(Lab.POD + name);
      lab.kill(Lab.POD + name);
      until(
          "it runs again",
          () ->
              pods(client).stream()
                  .filter(pod -> pod.getMetadata().getName().equals(name))
                  .anyMatch(
                      pod ->
                          Readiness.isPodReady(pod)
                              && pod.getStatus().getContainerStatuses().get(0).getRestartCount()
                                  == 1));
    }
    long acknowledged = lab.traffic().acknowledged();
    until("more events", () -> lab.traffic().acknowledged() > acknowledged + 20);
    assertThat(lab.traffic().abandoned()).isZero();
  }

  @Test
  @Order(4)
  void theDatabaseIsLostAndAnotherOneIsTakenOver() throws Exception {
    until("traffic", () -> !lab.traffic().failing());
    RestorePoint point = backUp();
    Path dump = Path.of(point.getLocation());
    long before = lab.traffic().acknowledged();
    until("events after the backup", () -> lab.traffic().acknowledged() > before + 20);

    lab.destroyPostgresql("primary");
    assertThat(Path.of(state.server("primary").data())).doesNotExist();
    assertThat(lab.alive()).doesNotContain("postgresql-primary").contains("postgresql-spare");
    until("failing traffic", () -> lab.traffic().failing());
    assertThat(health(state.platform())).isEqualTo(503);
    try (KubernetesClient client = kubernetes()) {
      Ran head = run(client, "alembic", "current");
      Ran smoke = run(client, "smoke");
      assertThat(List.of(head.status(), smoke.status())).doesNotContain(0);
      assertThat(smoke.text()).startsWith("FAILED health");
      assertNoSecrets(head, smoke);
    }

    DatabaseAddress restored = restore(dump);
    List<TrafficLedger.Entry> ledger = TrafficLedger.read(state.file("ledger"));
    try (Connection connection = PlatformDatabase.connect(restored)) {
      List<TrafficLedger.Entry> lost = TrafficLedger.compare(ledger, connection).lost();
      assertThat(lost).isNotEmpty();
      assertThat(lost.stream().mapToLong(TrafficLedger.Entry::id).min().orElseThrow())
          .isEqualTo(point.getBaseline().getAuditHeadId() + 1);
    }
    assertThat(
            new AuditChain(auditKey())
                .verify(restored, 2, Optional.of(ChainAnchor.of(point.getBaseline())))
                .valid())
        .isTrue();

    DatabaseAddress connection = restored.withLogin(PlatformDatabase.APPLICATION, "new");
    try (KubernetesClient client = kubernetes()) {
      connectTo(client, connection);
      assertThat(lab.platformDatabase()).isEqualTo(connection);
      until("traffic on the other server", () -> !lab.traffic().failing());
      Ran smoke = run(client, "smoke");
      assertThat(smoke.status()).as(smoke.text()).isZero();
    }
    assertThat(health(state.platform())).isEqualTo(200);
    assertThat(get("/v1/admin/audit/verify?full=true").path("chain_valid").booleanValue()).isTrue();
  }

  /** As the runbook says it: the connection is updated, and pods are restarted. */
  private static void connectTo(KubernetesClient client, DatabaseAddress address)
      throws InterruptedException {
    LabState.Cluster cluster = state.cluster();
    client
        .secrets()
        .inNamespace(cluster.namespace())
        .withName(cluster.secret())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"stringData\": {\"" + cluster.key() + "\": \"" + address.url() + "\"}}");
    for (String name : cluster.deployments()) {
      var deployment = client.apps().deployments().inNamespace(cluster.namespace()).withName(name);
      deployment.scale(0);
      until(
          "no pod of " + name,
          () ->
              client
                  .pods()
                  .inNamespace(cluster.namespace())
                  .withLabel("app", name)
                  .list()
                  .getItems()
                  .isEmpty());
      deployment.scale(name.equals(PlatformWorkload.PLATFORM) ? 2 : 1);
    }
    PlatformWorkload.awaitReady(client, () -> "");
  }

  private static RestorePoint backUp() throws Exception {
    PostgresqlBackup.Order order =
        new PostgresqlBackup.Order(
            LabPlan.PLATFORM,
            LabPlan.COMPONENT,
            "primary",
            lab.admin("primary", PlatformDatabase.DATABASE),
            List.of("tenants", "policy_rules", "audit_events"),
            state.file("backups"));
    RestorePoint point =
        new PostgresqlBackup(Path.of(state.tools()), Clock.systemUTC(), Duration.ofMinutes(1))
            .take(order);
    assertThat(RestorePointManifest.list(List.of(state.file("backups"))).restorePoints())
        .extracting(found -> found.point().getId())
        .containsExactly(point.getId());
    return point;
  }

  private static DatabaseAddress restore(Path dump) throws Exception {
    DatabaseAddress postgres = lab.admin("spare", "postgres");
    try (Connection connection = PlatformDatabase.connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE arbitex_app LOGIN PASSWORD 'new'");
      statement.execute("CREATE DATABASE arbitex_restored");
    }
    DatabaseAddress restored = postgres.withDatabase("arbitex_restored");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(state.tools()).resolve("pg_restore").toString(),
                "-e",
                "-1",
                "-d",
                "arbitex_restored",
                dump.toString())
            .inheritIO();
    builder.environment().putAll(restored.environment());
    assertThat(builder.start().waitFor()).isZero();
    return restored;
  }

  @Test
  @Order(5)
  void downEndsEverythingAndAStaleStateIsNoHindrance() throws Exception {
    List<ProcessHandle> handles = new ArrayList<>();
    for (ProcessState process : state.processes().values()) {
      ProcessHandle.of(process.pid()).ifPresent(handles::add);
    }
    assertThat(lab.down()).contains("broker", "traffic", "postgresql-spare");
    assertThat(lab.alive()).isEmpty();
    assertThat(handles).noneMatch(ProcessHandle::isAlive);
    assertThat(lab.down()).isEmpty();
    assertThat(lab.state()).isPresent();

    LabState again =
        lab.up(
            LabOptions.DEFAULT.withEvents(100).worldOnly().withRedis(List.of("redis.cold")),
            System.out::println);
    assertThat(again.ready()).isTrue();
    everySessionIsInRedis(again);
    for (ProcessState process : again.processes().values()) {
      lab.kill(process.name());
    }
    lab.killPostgresql("primary");
    lab.killPostgresql("spare");
    assertThat(lab.alive())
        .as("pods outlive their cluster")
        .hasSize(4)
        .allMatch(name -> name.startsWith(Lab.POD));
    assertThat(lab.down()).hasSize(4);
    assertThat(lab.alive()).isEmpty();
    assertThat(lab.up(LabOptions.DEFAULT.withEvents(0).worldOnly(), System.out::println).ready())
        .isTrue();
  }

  private static void everySessionIsInRedis(LabState now) throws Exception {
    until("fifty sessions", () -> lab.traffic().sessions() > 50);
    List<SessionLedger.Entry> ledger = SessionLedger.read(now.file("sessions"));
    assertThat(lab.redis().sessions(ledger.stream().map(SessionLedger.Entry::id).toList()))
        .isEqualTo(ledger.stream().map(SessionLedger.Entry::session).toList());
  }
}
