package io.arbitex.recovery.lab.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.lab.azure.clusters.OrderedClusters;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A world whose cluster is Azure's, looked at while it lives and then broken, in this order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ManagedClusterWorldTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static Lab lab;
  private static LabState state;
  private static LabArm azure;
  private static Thread hook;

  @BeforeAll
  static void up() throws Exception {
    // Not JUnit's temporary folder: the user postgres must be able to reach it.
    Path folder = Files.createTempDirectory("recovery-lab-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    lab = new Lab(folder);
    hook = new Thread(ManagedClusterWorldTest::downQuietly, "managed-cluster-test-end");
    Runtime.getRuntime().addShutdownHook(hook);
    state =
        lab.up(
            LabOptions.DEFAULT.withManagedCluster().withEvents(1_000).worldOnly(),
            System.out::println);
    azure = new LabArm(URI.create(state.azure().endpoint()));
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

  /** What a customer gets, on a connection of his own; 0 when nobody answers. */
  private static int health() throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(state.platform() + "/health"))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private static void power(String action) throws IOException, InterruptedException {
    azure.await(
        action, azure.post(LabManagedCluster.id() + "/" + action, LabManagedCluster.VERSION, ""));
  }

  @Test
  @Order(1)
  void theInventorySaysHowTheClusterIsBroughtBack() throws Exception {
    Inventory inventory = Inventory.read(state.file("inventory"));
    Policy.read(state.file("policy"));
    Inventory.Component component =
        inventory.platform(LabPlan.PLATFORM).orElseThrow().component("cluster").orElseThrow();
    assertThat(component.procedures()).containsExactly("aks.backup", "aks.rebuild");
    Cluster cluster = component.cluster().orElseThrow();
    assertThat(cluster.name()).isEqualTo(LabClusters.first());
    assertThat(cluster.backup()).isPresent();
    assertThat(cluster.address().orElseThrow().dns().fullName()).isEqualTo("api.arbitex.lab");
    assertThat(cluster.secrets().get(0).keys())
        .containsOnlyKeys("DATABASE_URL", "AUDIT_KEY", "ADMIN_TOKEN");
  }

  @Test
  @Order(2)
  void customersFollowTheRecord() throws Exception {
    assertThat(health()).isEqualTo(200);
    until("events", () -> lab.traffic().acknowledged() > 50);
    String address = lab.clusters().addresses().get(0);
    PublicRecord record = new PublicRecord(azure);
    record.name("127.254.78.254");
    until("nobody is there", () -> health() == 0);
    record.name(address);
    until("the platform is there", () -> health() == 200);
  }

  @Test
  @Order(3)
  void azureStopsAndStartsIt() throws Exception {
    String address = lab.clusters().addresses().get(0);
    power("stop");
    assertThat(lab.clusters().power(LabClusters.first())).isEqualTo("Stopped");
    assertThat(lab.clusters().isAlive(LabClusters.first())).isFalse();
    assertThat(health()).isZero();
    power("start");
    until("the platform is there", () -> health() == 200);
    assertThat(lab.clusters().addresses()).containsExactly(address);
  }

  @Test
  @Order(4)
  void aLostClusterStaysLostAndAzureKnowsNothingOfIt() throws Exception {
    List<String> before = lab.alive();
    assertThat(before).contains(Lab.CLUSTER + LabClusters.first());
    lab.clusters().lose();
    assertThat(lab.clusters().isAlive(LabClusters.first())).isFalse();
    assertThat(lab.alive()).noneMatch(name -> name.startsWith(Lab.POD));
    assertThat(health()).isZero();
    assertThat(lab.clusters().power(LabClusters.first())).isEqualTo("Running");
    assertThat(lab.clusters().names()).containsExactly(LabClusters.first());
  }

  @Test
  @Order(5)
  void nothingIsLeftAfterTheEndAlsoWhenAzureWasKilledBefore() throws Exception {
    power("stop");
    power("start");
    until("the platform is there", () -> health() == 200);
    lab.kill(LabAzureCloud.NAME);
    assertThat(lab.alive()).contains(Lab.CLUSTER + LabClusters.first());
    lab.down();
    assertThat(OrderedClusters.in(lab.folder().azure())).allMatch(each -> each.process().isEmpty());
    assertThat(lab.alive()).isEmpty();
  }
}
