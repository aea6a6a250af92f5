package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.TestAzure.GROUP;
import static io.arbitex.recovery.lab.azure.TestAzure.SOURCE;
import static io.arbitex.recovery.lab.azure.TestAzure.ask;
import static io.arbitex.recovery.lab.azure.TestAzure.now;
import static io.arbitex.recovery.lab.azure.TestAzure.run;
import static io.arbitex.recovery.lab.azure.TestAzure.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.exception.ManagementException;
import com.azure.core.management.polling.PollResult;
import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.ServerInner;
import io.arbitex.recovery.lab.world.PostgresTools;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The process over HTTPS is killed in the middle of a restore, and starts again. */
class AzureRestartTest {
  private Path folder;
  private Process process;
  private int port;
  private int serverPort;

  @BeforeEach
  void prepare() throws Exception {
    folder = TestAzure.folder();
    port = TestAzure.freePort();
    serverPort = TestAzure.freePort();
  }

  private void startProcess() throws Exception {
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
                LabAzure.class.getName(),
                "--https",
                "--port=" + port,
                "--control-port=0",
                "--server-port=" + serverPort,
                "--postgresql=" + PostgresTools.find(),
                "--resource-group=" + GROUP,
                "--state-folder=" + folder.resolve("state"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("azure.log").toFile()))
            .start();
    until("it answers", () -> client().servers().listByResourceGroup(GROUP) != null);
    until("it answers with the token", () -> client().servers().list().stream().count() >= 0);
  }

  private PostgreSqlManager client() throws Exception {
    return client(Files.readString(folder.resolve("state/token")).strip());
  }

  private PostgreSqlManager client(String token) throws Exception {
    return AzureClients.secure(
        URI.create("https://127.0.0.1:" + port), folder.resolve("state/certificate.pem"), token);
  }

  @AfterEach
  void end() throws Exception {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    TestAzure.delete(folder);
  }

  private List<ProcessHandle> postmasters(String server) {
    String path = folder.resolve("state/postgresql").resolve(server).toString();
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().command().orElse("").endsWith("/postgres"))
        .filter(each -> each.info().commandLine().orElse("").contains(path + "/data-"))
        .toList();
  }

  private Connection connect(String server) throws Exception {
    return TestAzure.connect(
        client().servers().getByResourceGroup(GROUP, server).fullyQualifiedDomainName(),
        serverPort,
        "");
  }

  @Test
  void aRestoreIsFinishedByTheNextProcessAndThereIsOneServer() throws Exception {
    startProcess();
    assertThatThrownBy(() -> client("wrong").servers().getByResourceGroup(GROUP, SOURCE))
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(401));
    TestAzure.source(client());
    OffsetDateTime moment;
    try (Connection connection = connect(SOURCE)) {
      run(connection, "CREATE TABLE ticks AS SELECT g AS n FROM generate_series(1, 200000) g");
      moment = now(connection);
      run(connection, "INSERT INTO ticks VALUES (0)");
    }
    long sourcePid = postmasters(SOURCE).get(0).pid();
    SyncPoller<PollResult<ServerInner>, ServerInner> poller =
        client()
            .serviceClient()
            .getServers()
            .beginCreate(GROUP, "pg-restored", TestAzure.restore(moment));
    until(
        "the copying has begun",
        () -> Files.exists(folder.resolve("state/postgresql/pg-restored/data-1")));

    process.destroyForcibly();
    process.waitFor();
    assertThat(postmasters(SOURCE)).extracting(ProcessHandle::pid).containsExactly(sourcePid);
    startProcess();

    assertThat(poller.waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);
    assertThat(client().servers().list())
        .extracting(each -> each.name())
        .containsExactlyInAnyOrder(SOURCE, "pg-restored");
    assertThat(postmasters("pg-restored")).hasSize(1);
    assertThat(postmasters(SOURCE)).extracting(ProcessHandle::pid).containsExactly(sourcePid);
    TestAzure.open(client(), "pg-restored");
    try (Connection copy = connect("pg-restored")) {
      assertThat(ask(copy, "SELECT count(*) FROM ticks")).isEqualTo("200000");
      assertThat(ask(copy, "SELECT count(*) FROM ticks WHERE n = 0")).isEqualTo("0");
    }

    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(postmasters(SOURCE)).isEmpty();
    assertThat(postmasters("pg-restored")).isEmpty();
    startProcess();
    try (Connection copy = connect("pg-restored")) {
      assertThat(ask(copy, "SELECT count(*) FROM ticks")).isEqualTo("200000");
    }
  }
}
