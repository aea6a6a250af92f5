package io.arbitex.recovery.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in pods, and files into and out of them, as fabric8's client does it. */
class ExecTest {
  private static final int LARGE = 64 * 1024 * 1024;

  @TempDir static Path folder;
  private static TestCluster cluster;
  private static String namespace;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
    namespace = cluster.namespace();
    cluster
        .client()
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .resource(TestCluster.claim("c", "default"))
        .create();
    cluster.run(namespace, TestCluster.podWithClaim("p", "c"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static PodResource pod() {
    return cluster.client().pods().inNamespace(namespace).withName("p");
  }

  @Test
  void streamsAndExitCodesAreApart() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ExecWatch exec =
        pod().writingOutput(out).writingError(err).exec("sh", "-c", "echo a; echo b >&2; exit 7")) {
      assertThat(exec.exitCode().get(10, TimeUnit.SECONDS)).isEqualTo(7);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("b\n");
    try (ExecWatch exec = pod().writingOutput(out).exec("true")) {
      assertThat(exec.exitCode().get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void inputIsTaken() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] input = "some words\n".getBytes(StandardCharsets.UTF_8);
    try (ExecWatch exec =
        pod()
            .redirectingInput()
            .writingOutput(out)
            .exec("head", "-c", Integer.toString(input.length))) {
      exec.getInput().write(input);
      exec.getInput().flush();
      assertThat(exec.exitCode().get(10, TimeUnit.SECONDS)).isZero();
    }
    assertThat(out.toByteArray()).isEqualTo(input);
  }

  @Test
  void filesOf64MegabytesComeWholeBothWays() throws Exception {
    byte[] content = new byte[LARGE];
    new Random(1).nextBytes(content);
    Path file = Files.write(folder.resolve("large"), content);
    assertThat(pod().file("/data/large").upload(file)).isTrue();
    assertThat(sum(Files.newInputStream(cluster.disks().resolve(volume()).resolve("large"))))
        .isEqualTo(sum(new ByteArrayInputStream(content)));
    try (InputStream back = pod().file("/data/large").read()) {
      assertThat(sum(back)).isEqualTo(sum(new ByteArrayInputStream(content)));
    }
  }

  private static String volume() {
    return cluster
        .client()
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .withName("c")
        .get()
        .getSpec()
        .getVolumeName();
  }

  private static String sum(InputStream in) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] chunk = new byte[64 * 1024];
    try (in) {
      for (int n = in.read(chunk); n > 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
