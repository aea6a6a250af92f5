package io.arbitex.recovery.executors.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Helm in a process of its own, on an API server that takes connections and never answers. */
class HelmProcessTest {
  private static final String KUBECONFIG =
      """
      apiVersion: v1
      kind: Config
      current-context: c
      contexts: [{name: c, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
      users: [{name: u, user: {token: t}}]
      """;

  @TempDir Path folder;
  private Chart chart;

  @BeforeEach
  void write() throws Exception {
    Files.createDirectories(folder.resolve("chart/templates"));
    Files.writeString(
        folder.resolve("chart/Chart.yaml"), "apiVersion: v2\nname: platform\nversion: 1.0.0\n");
    Files.writeString(
        folder.resolve("chart/templates/all.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n");
    chart =
        new Chart(
            new Cluster.HelmRelease("r", folder.resolve("chart"), List.of(), List.of()), "arbitex");
  }

  /** A context that is cancelled, or whose time ends. */
  private record Ending(Duration remaining, boolean cancelled) implements ActionContext {
    @Override
    public StepCommand command() {
      StepCommand command = new StepCommand();
      command.setCommandId("inc-1/cluster.restore/1");
      return command;
    }

    @Override
    public Map<String, String> facts() {
      return Map.of();
    }

    @Override
    public long token() {
      return 1;
    }

    @Override
    public void progress(String text) {}

    @Override
    public void remember(String name, String value) {}

    @Override
    public Optional<String> stopped() {
      return Optional.empty();
    }

    @Override
    public Clock clock() {
      return Clock.systemUTC();
    }
  }

  private ActionFailure failure(ActionContext context) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String kubeconfig = KUBECONFIG.formatted(silent.getLocalPort());
      return catchThrowableOfType(ActionFailure.class, () -> chart.install(context, kubeconfig));
    }
  }

  private static Stream<ProcessHandle> programs() {
    return ProcessHandle.current()
        .descendants()
        .filter(each -> each.info().commandLine().orElse("").contains("HelmProgram"));
  }

  @Test
  void anApiThatNeverAnswersEndsWithTheStepsTimeAndLeavesNothing() throws Exception {
    long begin = System.nanoTime();
    ActionFailure failure = failure(new Ending(Duration.ofSeconds(4), false));
    assertThat(failure.code()).isEqualTo(FailureCode.DEADLINE);
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)).isBetween(4L, 30L);
    assertThat(programs()).isEmpty();
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertThat(left.filter(each -> each.getFileName().toString().startsWith("recovery-helm")))
          .isEmpty();
    }
  }

  @Test
  void aStepThatIsCancelledEndsIt() throws Exception {
    ActionFailure failure = failure(new Ending(Duration.ofMinutes(5), true));
    assertThat(failure.getMessage()).contains("cancelled");
    assertThat(programs()).isEmpty();
  }

  @Test
  void whatIsRenderedIsKnownByItsContents() throws Exception {
    ActionContext context = new Ending(Duration.ofMinutes(1), false);
    Rendered first = chart.render(context);
    assertThat(first.chart()).isEqualTo("platform-1.0.0");
    Files.writeString(
        folder.resolve("chart/templates/all.yaml"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: settings}\n");
    Rendered second = chart.render(context);
    assertThat(second.digest()).isNotEqualTo(first.digest());
    assertThat(second.runningAtOnce()).containsExactly("Pod settings");
  }
}
