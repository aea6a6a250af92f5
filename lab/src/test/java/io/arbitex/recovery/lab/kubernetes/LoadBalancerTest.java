package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters on one machine, and what clients outside of both reach. */
class LoadBalancerTest {
  private static final int PORT = 18_080;

  @TempDir Path folder;
  private TestCluster first;
  private TestCluster second;

  @BeforeEach
  void start() throws Exception {
    first = new TestCluster(Files.createDirectories(folder.resolve("first")));
    second = new TestCluster(Files.createDirectories(folder.resolve("second")));
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  private static void serve(TestCluster cluster, Service service) throws Exception {
    Pod pod = NodePortTest.store("s");
    pod.getSpec().getContainers().get(0).setReadinessProbe(null);
    cluster.run("default", pod);
    cluster.client().services().inNamespace("default").resource(service).create();
  }

  private static Service balanced() {
    return new ServiceBuilder(NodePortTest.service(null))
        .editSpec()
        .withType("LoadBalancer")
        .editFirstPort()
        .withPort(PORT)
        .endPort()
        .endSpec()
        .build();
  }

  private static String address(TestCluster cluster) throws Exception {
    until("the service has an address", () -> !ingress(cluster).isEmpty());
    return ingress(cluster).get(0).getIp();
  }

  private static List<LoadBalancerIngress> ingress(TestCluster cluster) {
    return cluster
        .client()
        .services()
        .inNamespace("default")
        .withName("store")
        .get()
        .getStatus()
        .getLoadBalancer()
        .getIngress();
  }

  private static String ask(String host, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), 5_000);
      socket.setSoTimeout(5_000);
      return NodePortTest.server(socket);
    }
  }

  @Test
  void eachClusterHasAnAddressOfItsOwnThatLeadsToItsPodsAndIsKept() throws Exception {
    serve(first, balanced());
    serve(second, balanced());
    String one = address(first);
    String other = address(second);
    assertThat(InetAddress.getByName(one).isLoopbackAddress()).isTrue();
    assertThat(one).isNotEqualTo(other).isNotEqualTo("127.0.0.1");
    until("both are reached", () -> !ask(one, PORT).equals(ask(other, PORT)));

    first.close();
    assertThatThrownBy(() -> ask(one, PORT)).isInstanceOf(ConnectException.class);
    assertThat(ask(other, PORT)).isNotEmpty();
    first = new TestCluster(folder.resolve("first"));
    assertThat(address(first)).isEqualTo(one);
    until("it is reached again", () -> !ask(one, PORT).isEmpty());

    first.client().services().inNamespace("default").withName("store").delete();
    until(
        "nobody listens there any more",
        () -> {
          new ServerSocket(PORT, 1, InetAddress.getByName(one)).close();
          return true;
        });
    try (ServerSocket listener = new ServerSocket(PORT, 1, InetAddress.getByName(one))) {
      first.client().services().inNamespace("default").resource(balanced()).create();
      assertThat(address(first))
          .as("somebody listens on the other")
          .isNotEqualTo(listener.getInetAddress().getHostAddress())
          .startsWith("127.");
    }
  }

  @Test
  void aNodePortThatAnotherClusterHasIsTakenOverWhenThatOneEnds() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    serve(first, NodePortTest.service(port));
    until("the first is reached", () -> !NodePortTest.ask(port).isEmpty());
    String before = NodePortTest.ask(port);
    serve(second, NodePortTest.service(port));
    // Its other services are not held up by the port that it cannot have.
    second
        .client()
        .services()
        .inNamespace("default")
        .resource(
            new ServiceBuilder(balanced()).editMetadata().withName("other").endMetadata().build())
        .create();
    until(
        "the second has an address for its other service",
        () ->
            !second
                .client()
                .services()
                .inNamespace("default")
                .withName("other")
                .get()
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .isEmpty());
    assertThat(NodePortTest.ask(port)).isEqualTo(before);
    first.close();
    until("the second has it", () -> !NodePortTest.ask(port).equals(before));
  }
}
