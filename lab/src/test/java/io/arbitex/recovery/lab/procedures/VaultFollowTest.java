package io.arbitex.recovery.lab.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.RecoveryWorld;
import io.arbitex.recovery.lab.azure.VaultAndZone;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cutover.database} of a platform that follows its key vault by itself. */
class VaultFollowTest {
  @TempDir static Path folder;
  private static RecoveryWorld world;
  private static VaultAndZone azure;
  private static HttpServer platform;
  private static String oldSecret;
  private static Connection pooled;
  private static String pooledUrl = "";
  private static int attempts;

  @BeforeAll
  static void start() throws Exception {
    world = RecoveryWorld.start(folder);
    world.dump("dump-1");
    oldSecret = Files.readString(world.secret).strip();
    azure = new VaultAndZone();
    world.kubernetes = azure.platform();
    world.more = azure.component();
    platform = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    platform.createContext(
        "/health",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(follows(azure.url()) ? 200 : 503, -1);
          }
        });
    platform.start();
    world.healthUrl = "http://127.0.0.1:" + platform.getAddress().getPort() + "/health";
  }

  @AfterAll
  static void stop() throws Exception {
    platform.stop(0);
    azure.close();
    world.close();
  }

  @BeforeEach
  void asBefore() throws Exception {
    if (world.primary.postmaster().filter(ProcessHandle::isAlive).isEmpty()) {
      world.primary.startServer();
    }
    world.primary.execute("postgres", "ALTER ROLE arbitex_app LOGIN");
    Files.writeString(world.secret, oldSecret);
    for (String kept : new String[] {"database-url.before-inc-7", "database-url.owner"}) {
      Files.deleteIfExists(folder.resolve(kept));
    }
    azure.setUrl(oldSecret);
    azure.setRecord("10.9.8.7");
    for (String database : world.databases(world.spare)) {
      world.spare.execute("postgres", "DROP DATABASE \"" + database + "\" WITH (FORCE)");
    }
  }

  @AfterEach
  void clear() throws Exception {
    azure.control().clearAll();
  }

  @Test
  void everyCrashEndsWithTheSameInVaultAndFile() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    bench.crashOnceEverywhere();
    Next.Finished end = bench.run(cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(Files.readString(world.secret).strip()).isEqualTo(azure.url());
    assertThat(follows(azure.url())).isTrue();
    assertThat(azure.named()).as("it named something else").isEqualTo("10.9.8.7 300");
  }

  @Test
  void aVaultThatRefusesAtThePointOfNoReturnSurelyWasNotWritten() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    azure.control().add(Misbehaviour.of("PUT", "secrets", How.FORBIDDEN, 0));
    Next.Finished end = bench.run(cutover(bench.factsOfEnd()));
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(bench.factsOfEnd()).doesNotContainKey("point-of-no-return");
    assertThat(azure.url()).isEqualTo(oldSecret);
    assertThat(Files.readString(world.secret).strip()).isEqualTo(oldSecret);
  }

  @Test
  void aVaultThatIsAwayAtThePointOfNoReturnMayHaveBeenWritten() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    azure.control().add(Misbehaviour.of("PUT", "secrets", How.UNAVAILABLE, 0));
    Next.Finished end = bench.run(cutover(bench.factsOfEnd()));
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
    assertThat(bench.factsOfEnd()).containsKey("point-of-no-return");
  }

  /** The platform writes to the target by then, whatever the file says and the source is. */
  @Test
  void anAttemptThatOnlyReachedTheVaultIsBroughtToItsEndThoughTheSourceIsBack() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> restored = bench.factsOfEnd();
    world.primary.kill();
    Execution execution = bench.start(cutover(restored));
    while (execution.state() != ExecutionState.RECORDING
        || !execution.currentAction().equals("switch-secret")) {
      assertThat(execution.advance()).isNotInstanceOf(Next.Finished.class);
    }
    Files.writeString(world.secret, oldSecret);
    world.primary.startServer();
    String switched = azure.url();
    Next.Finished end = bench.run(cutover(restored));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(azure.url()).isEqualTo(switched);
    assertThat(Files.readString(world.secret).strip()).isEqualTo(switched);
  }

  private static ProcedureBench restored() throws Exception {
    ProcedureBench bench = new ProcedureBench(world.procedures());
    bench.run(world.restore(++attempts));
    return bench;
  }

  private static StepCommand cutover(Map<String, String> restored) {
    Map<String, String> parameters = new LinkedHashMap<>(restored);
    parameters.put("source-resource", "primary");
    parameters.put("source-epoch", "0");
    return world.command("cutover.database", "cutover", ++attempts, parameters);
  }

  /** A session that is kept, as a pool keeps it. */
  private static synchronized boolean follows(String url) {
    try {
      if (!url.equals(pooledUrl) || pooled == null || !pooled.isValid(1)) {
        if (pooled != null) {
          pooled.close();
        }
        pooled =
            DatabaseAddress.parse(url)
                .connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5));
        pooledUrl = url;
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
