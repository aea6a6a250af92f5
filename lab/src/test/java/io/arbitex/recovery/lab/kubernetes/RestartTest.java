package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed, starts again, and goes on with the pods that lived through it. */
class RestartTest {
  @TempDir Path folder;
  private Process process;
  private int port;

  private void startProcess() throws Exception {
    if (port == 0) {
      port = freePort();
      Files.writeString(folder.resolve("images.yaml"), TestCluster.IMAGES);
    }
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                LabKubernetes.class.getName(),
                "--port=" + port,
                "--control-port=0",
                "--state-folder=" + folder.resolve("state"),
                "--image-file=" + folder.resolve("images.yaml"))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("kubernetes.log").toFile()))
            .start();
    until("the server answers", () -> nodes() == 1);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private KubernetesClient client() throws IOException {
    return TestCluster.client(folder.resolve("state").resolve("kubeconfig"));
  }

  private int nodes() throws IOException {
    try (KubernetesClient client = client()) {
      return client.nodes().list().getItems().size();
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private static String containerOf(Pod pod) {
    return pod.getStatus().getContainerStatuses().get(0).getContainerID();
  }

  private static List<ProcessHandle> sleepers(String mark) {
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").contains(mark))
        .toList();
  }

  @Test
  void podsAreAdoptedNeverRunTwiceAndEndWithTheLab() throws Exception {
    startProcess();
    String mark = "adopted-" + ProcessHandle.current().pid() + "-" + port;
    String revision;
    Pod before;
    try (KubernetesClient client = client()) {
      client
          .pods()
          .inNamespace("default")
          .resource(
              TestCluster.pod(
                  "p", TestCluster.shell("sh", "-c", "while true; do sleep 0.1; done; : " + mark)))
          .create();
      until(
          "it is ready",
          () -> Readiness.isPodReady(client.pods().inNamespace("default").withName("p").get()));
      before = client.pods().inNamespace("default").withName("p").get();
      revision = client.pods().inNamespace("default").list().getMetadata().getResourceVersion();
    }
    assertThat(sleepers(mark)).hasSize(1);
    long pid = sleepers(mark).get(0).pid();

    process.destroyForcibly();
    process.waitFor();
    assertThat(sleepers(mark)).extracting(ProcessHandle::pid).containsExactly(pid);
    startProcess();

    try (KubernetesClient client = client()) {
      Pod after = client.pods().inNamespace("default").withName("p").get();
      assertThat(after.getMetadata().getUid()).isEqualTo(before.getMetadata().getUid());
      assertThat(containerOf(after)).isEqualTo(containerOf(before));
      assertThat(after.getStatus().getContainerStatuses().get(0).getRestartCount()).isZero();
      assertThat(sleepers(mark)).extracting(ProcessHandle::pid).containsExactly(pid);
      assertThat(
              Long.parseLong(
                  client.pods().inNamespace("default").list().getMetadata().getResourceVersion()))
          .isGreaterThan(Long.parseLong(revision));

      // An adopted process that dies is seen, and the container runs again.
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      until(
          "it was restarted",
          () ->
              client
                          .pods()
                          .inNamespace("default")
                          .withName("p")
                          .get()
                          .getStatus()
                          .getContainerStatuses()
                          .get(0)
                          .getRestartCount()
                      == 1
                  && sleepers(mark).size() == 1);
    }
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(sleepers(mark)).isEmpty();
  }

  @Test
  void aNodePortLeadsToThePodsThatLivedThroughIt() throws Exception {
    startProcess();
    int nodePort = freePort();
    try (KubernetesClient client = client()) {
      client.services().inNamespace("default").resource(NodePortTest.service(nodePort)).create();
      Pod pod = NodePortTest.store("s");
      pod.getSpec().getContainers().get(0).setReadinessProbe(null);
      client.pods().inNamespace("default").resource(pod).create();
    }
    until("it is reached", () -> !NodePortTest.ask(nodePort).isEmpty());
    String server = NodePortTest.ask(nodePort);

    process.destroyForcibly();
    process.waitFor();
    assertThatThrownBy(() -> NodePortTest.ask(nodePort)).isInstanceOf(ConnectException.class);
    startProcess();
    until("it is reached again", () -> NodePortTest.ask(nodePort).equals(server));
  }
}
