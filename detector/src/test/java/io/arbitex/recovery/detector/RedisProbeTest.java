package io.arbitex.recovery.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.redis.RedisDoor;
import io.arbitex.recovery.checks.redis.RedisFixture;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a probe says of a real Redis in each state that people take for a disaster, or is one. */
class RedisProbeTest {
  private static final Instant AT = Instant.parse("2026-11-24T03:00:00Z");
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private RedisFixture redis;
  private RedisDoor door;
  private RedisProbe probe;
  private Optional<KeyspaceMemory.Known> known = Optional.empty();

  private void start(String... options) {
    redis = RedisFixture.start(options);
    observe(redis.settings());
  }

  private void observe(Redis settings) {
    if (door != null) {
      door.close();
    }
    door = new RedisDoor(settings, LIMIT);
    probe = new RedisProbe("observer-a", door, new KeyspaceMemory(0.1, () -> known));
  }

  @AfterEach
  void end() {
    if (door != null) {
      door.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  private Observation look() throws InterruptedException {
    return probe.ofEpoch(0, Instant.EPOCH).look(AT);
  }

  private void say(HealthStatus status, Symptom symptom) throws InterruptedException {
    Observation seen = look();
    assertThat(seen.status()).as(seen.toString()).isEqualTo(status);
    assertThat(seen.symptom()).as(seen.toString()).isEqualTo(symptom);
  }

  @Test
  void whatServesIsUpAndItsProbeKeyGoesByItself() throws Exception {
    start();
    say(HealthStatus.UP, Symptom.NONE);
    long life = redis.ask(commands -> commands.pttl("recovery:probe:observer-a"));
    assertThat(life).isPositive();
  }

  @Test
  void whatIsKilledIsUnreachable() throws Exception {
    start();
    redis.kill();
    say(HealthStatus.DOWN, Symptom.UNREACHABLE);
  }

  @Test
  void whatStandsStillIsHungWithinItsLimit() throws Exception {
    start();
    Process stop = new ProcessBuilder("kill", "-STOP", Long.toString(redis.pid())).start();
    assertThat(stop.waitFor()).isZero();
    long begin = System.nanoTime();
    say(HealthStatus.DOWN, Symptom.HUNG);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT.multipliedBy(3));
  }

  @Test
  void aWrongPasswordIsNoDisaster() throws Exception {
    start();
    redis.ask(commands -> commands.configSet("requirepass", "secret"));
    say(HealthStatus.DEGRADED, Symptom.AUTHENTICATION);
  }

  @Test
  void anUnreadablePasswordSaysNothingOfTheServer() throws Exception {
    start();
    observe(redis.settings(", password: file:nowhere"));
    say(HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED);
  }

  @Test
  void aReplicaAndAFullMemoryRefuseWrites() throws Exception {
    start();
    redis.ask(commands -> commands.configSet("maxmemory", "1"));
    say(HealthStatus.DEGRADED, Symptom.WRITES_REFUSED);
    redis.ask(commands -> commands.configSet("maxmemory", "0"));
    redis.ask(commands -> commands.replicaof("127.0.0.1", 1));
    say(HealthStatus.DEGRADED, Symptom.READ_ONLY);
  }

  /**
   * Runbook's P2: it serves, but would not survive a restart; with the default setting it refuses.
   */
  @Test
  void aFailedSaveIsTwoThingsByTheServersOwnSetting() throws Exception {
    start();
    redis.fill(1);
    failToSave();
    redis.ask(commands -> commands.configSet("save", "3600 1"));
    redis.ask(commands -> commands.configSet("stop-writes-on-bgsave-error", "no"));
    say(HealthStatus.DEGRADED, Symptom.PERSISTENCE_FAILED);
    redis.ask(commands -> commands.configSet("stop-writes-on-bgsave-error", "yes"));
    say(HealthStatus.DEGRADED, Symptom.WRITES_REFUSED);
  }

  /** A folder in the place of the file: what even root cannot replace. */
  private void failToSave() throws IOException {
    Files.createDirectories(redis.data().resolve("dump.rdb/x"));
    redis.ask(commands -> commands.bgsave());
    String failed = "rdb_last_bgsave_status:err";
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!redis.ask(commands -> commands.info("persistence")).contains(failed)) {
      assertThat(System.nanoTime()).as("the save fails").isLessThan(end);
    }
  }

  @Test
  void aFlushIsToldFromARestartThatLostEverything() throws Exception {
    start();
    redis.fill(500);
    say(HealthStatus.UP, Symptom.NONE);
    redis.ask(commands -> commands.flushall());
    say(HealthStatus.DOWN, Symptom.DATA_MISSING);
    redis.fill(200);
    say(HealthStatus.DOWN, Symptom.DATA_MISSING);
    redis.fill(500);
    say(HealthStatus.UP, Symptom.NONE);
    redis.kill();
    deleteData();
    redis.run();
    say(HealthStatus.DOWN, Symptom.DATA_LOST);
  }

  private void deleteData() throws IOException {
    try (Stream<Path> files = Files.walk(redis.data())) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void keysWhoseTimeWasOverAreNotMissing() throws Exception {
    start();
    redis.fill(500);
    say(HealthStatus.UP, Symptom.NONE);
    redis.ask(
        commands -> {
          for (int i = 0; i < 500; i++) {
            commands.pexpire("key:" + i, 1);
          }
          return null;
        });
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (redis.ask(commands -> commands.dbsize()) > 1) {
      assertThat(System.nanoTime()).as("the keys expire").isLessThan(end);
    }
    say(HealthStatus.UP, Symptom.NONE);
  }

  @Test
  void anObserverThatHasJustStartedHoldsItAgainstTheNewestRestorePoint() throws Exception {
    known = Optional.of(new KeyspaceMemory.Known(5_000, AT.minusSeconds(600)));
    start();
    say(HealthStatus.DOWN, Symptom.DATA_LOST);
    assertThat(probe.ofEpoch(1, AT.minusSeconds(10)).look(AT).status())
        .as("what was bound since may have fewer")
        .isEqualTo(HealthStatus.UP);
  }
}
