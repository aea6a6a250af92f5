package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients outside of the cluster reach by a node port. */
class NodePortTest {
  private static final int CONNECTIONS = 8;

  @TempDir static Path folder;
  private static TestCluster cluster;
  private String namespace;
  private int port;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void service() throws IOException {
    namespace = cluster.namespace();
    port = freePort();
    cluster.client().services().inNamespace(namespace).resource(service(port)).create();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static Service service(Integer nodePort) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName("store")
        .endMetadata()
        .withNewSpec()
        .withType("NodePort")
        .addToSelector("role", "store")
        .addNewPort()
        .withPort(80)
        .withTargetPort(new IntOrString("redis"))
        .withNodePort(nodePort)
        .endPort()
        .endSpec()
        .build();
  }

  /** Ready while there is a file in it. */
  static Pod store(String name) {
    Container container =
        new ContainerBuilder()
            .withName("main")
            .withImage("redis")
            .addNewPort()
            .withName("redis")
            .withContainerPort(6379)
            .endPort()
            .withNewReadinessProbe()
            .withNewExec()
            .withCommand("test", "-e", "/tmp/ready")
            .endExec()
            .withPeriodSeconds(1)
            .withFailureThreshold(1)
            .endReadinessProbe()
            .build();
    return new PodBuilder(TestCluster.pod(name, container))
        .editMetadata()
        .addToLabels("role", "store")
        .endMetadata()
        .build();
  }

  private void run(String name, boolean ready) throws Exception {
    cluster.client().pods().inNamespace(namespace).resource(store(name)).create();
    until(
        name + " runs",
        () -> cluster.pod(namespace, name).getStatus().getPhase().equals("Running"));
    if (ready) {
      makeReady(name, true);
    }
  }

  private void makeReady(String name, boolean ready) throws Exception {
    String[] command =
        ready ? new String[] {"touch", "/tmp/ready"} : new String[] {"rm", "/tmp/ready"};
    try (ExecWatch exec =
        cluster
            .client()
            .pods()
            .inNamespace(namespace)
            .withName(name)
            .writingOutput(OutputStream.nullOutputStream())
            .exec(command)) {
      assertThat(exec.exitCode().get(10, TimeUnit.SECONDS)).isZero();
    }
    until(
        name + (ready ? " is ready" : " is not ready"),
        () -> Readiness.isPodReady(cluster.pod(namespace, name)) == ready);
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
    socket.setSoTimeout(5_000);
    return socket;
  }

  /** Which server answers on this connection. */
  static String server(Socket socket) throws IOException {
    socket.getOutputStream().write("INFO server\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    byte[] chunk = new byte[4_096];
    while (!answer.toString().matches("(?s).*run_id:\\w{40}.*")) {
      int n = socket.getInputStream().read(chunk);
      if (n < 0) {
        throw new IOException("the connection ended");
      }
      answer.append(new String(chunk, 0, n, StandardCharsets.US_ASCII));
    }
    return answer.toString().replaceFirst("(?s).*run_id:(\\w{40}).*", "$1");
  }

  static String ask(int port) throws IOException {
    try (Socket socket = connect(port)) {
      return server(socket);
    }
  }

  private Set<String> servers() throws IOException {
    Set<String> servers = new HashSet<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      servers.add(ask(port));
    }
    return servers;
  }

  @Test
  void connectionsAreSpreadOverReadyPodsOnly() throws Exception {
    run("first", true);
    run("second", false);
    until("the first is reached", () -> !ask(port).isEmpty());
    Set<String> first = servers();
    assertThat(first).hasSize(1);
    makeReady("second", true);
    until("both are reached", () -> servers().size() == 2);
    assertThat(servers()).containsAll(first);
  }

  @Test
  void withoutAReadyPodConnectionsAreRefused() throws Exception {
    assertThatThrownBy(() -> ask(port)).isInstanceOf(ConnectException.class);
    run("only", false);
    assertThatThrownBy(() -> ask(port)).isInstanceOf(ConnectException.class);
    makeReady("only", true);
    until("it is reached", () -> !ask(port).isEmpty());
    makeReady("only", false);
    until("it is refused", this::isRefused);
  }

  private boolean isRefused() throws IOException {
    try {
      ask(port);
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void aConnectionOutlivesReadinessAndEndsWithItsPod() throws Exception {
    run("leaving", true);
    until("it is reached", () -> !ask(port).isEmpty());
    try (Socket open = connect(port)) {
      String leaving = server(open);
      makeReady("leaving", false);
      assertThat(server(open)).as("it is not torn down").isEqualTo(leaving);
      run("staying", true);
      until("the other is reached", () -> !ask(port).equals(leaving));
      assertThat(servers()).doesNotContain(leaving);
      cluster.client().pods().inNamespace(namespace).withName("leaving").delete();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  server(open);
                }
              })
          .as("it is not left hanging")
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aServiceThatIsGoneLeavesItsPort() throws Exception {
    run("only", true);
    until("it is reached", () -> !ask(port).isEmpty());
    cluster.client().services().inNamespace(namespace).withName("store").delete();
    until("it is refused", this::isRefused);
    until(
        "somebody else may have it",
        () -> {
          new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
          return true;
        });
  }

  @Test
  void aNodePortIsNamedByWhoWantsIt() {
    assertThatThrownBy(
            () ->
                cluster
                    .client()
                    .services()
                    .inNamespace(cluster.namespace())
                    .resource(service(null))
                    .create())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("nodePort");
  }
}
