package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.record.Binding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code redis.rdb}, {@code redis.cold} and {@code cutover.redis} as they should go. */
class RedisRestoreTest {
  @TempDir static Path folder;
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
  }

  @AfterEach
  void clear() throws Exception {
    cluster.control().clearAll();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Instant ago(int minutes) {
    return Instant.now().minusSeconds(60L * minutes);
  }

  @Test
  void theKeysComeBackWithAnAppendOnlyFileAndStayThroughAnotherRestart() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    world.backup("rp-1", ago(60));
    world.loseData();
    assertThat(world.keys()).isZero();
    ProcedureBench bench = world.bench();
    Next.Finished restored = bench.run(world.restore("redis.rdb", Map.of()));
    assertThat(restored.outcome()).as(restored.toString()).isEqualTo(Outcome.DONE);
    Map<String, String> facts = bench.factsOfEnd();
    assertThat(facts)
        .containsEntry("restore-point", "rp-1")
        .containsEntry("keys", Integer.toString(RedisWorld.KEYS))
        .containsEntry("old-replicas", "1")
        .containsKeys("staged", "staging-id", "work-pod");
    assertThat(world.keys()).as("the living Redis was not touched").isZero();
    assertThat(world.pod().getStatus().getContainerStatuses().get(0).getRestartCount()).isZero();
    assertThat(bench.bindings).isEmpty();

    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("resource", RedisWorld.SET)
        .containsEntry("source-state", "missing")
        .containsKey("point-of-no-return");
    checkData(world);
    Binding binding = bench.bindings.get(0);
    assertThat(binding.getResource()).isEqualTo(RedisWorld.SET);
    assertThat(binding.getEpoch()).isEqualTo(1);
    assertThat(world.workPods()).isEmpty();
    assertThat(world.set().get().getMetadata().getAnnotations())
        .doesNotContainKey("recovery.arbitex.io/replicas")
        .containsKey("recovery.arbitex.io/owner");
    world.restartPod();
    checkData(world);
  }

  @Test
  void withoutAnAppendOnlyFileTheDumpIsPutInPlace() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, false);
    world.backup("rp-1", ago(60));
    world.loseData();
    ProcedureBench bench = world.bench();
    assertThat(bench.run(world.restore("redis.rdb", Map.of())).outcome()).isEqualTo(Outcome.DONE);
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    checkData(world);
    world.restartPod();
    checkData(world);
  }

  @Test
  void aColdStartSaysWhatItCostsAndKeepsTheOldData() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    ProcedureBench bench = world.bench();
    assertThat(bench.run(world.restore("redis.cold", Map.of())).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd().get("cost")).contains("sign in again").contains("bloom filter");
    assertThat(bench.lines).anyMatch(line -> line.getText().contains("bloom filter"));
    assertThat(world.workPods()).isEmpty();
    Map<String, String> approved = bench.factsOfEnd();
    approved.put("source-may-live", "true");
    Next.Finished end = bench.run(world.cutover(approved));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    world.awaitReady();
    // The key that a write was proven with goes after a second.
    until("it has no key", () -> world.keys() == 0);
    assertThat(bench.bindings).hasSize(1);
    String id = approved.get("staging-id");
    assertThat(world.data().resolve(".recovery").resolve(id).resolve("old/appendonlydir"))
        .isDirectoryContaining(file -> Files.isRegularFile(file));
  }

  private static void checkData(RedisWorld world) throws Exception {
    world.awaitReady();
    assertThat(world.keys()).isGreaterThanOrEqualTo(RedisWorld.KEYS);
    for (int i : new int[] {0, 7, 1_234, RedisWorld.KEYS - 1}) {
      assertThat(world.<String>ask(commands -> commands.get("key:" + i))).isEqualTo("value " + i);
    }
  }
}
