package io.arbitex.recovery.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.checks.redis.RedisFixture;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisBackupTest {
  private RedisFixture redis;
  @TempDir private Path folder;

  @BeforeEach
  void start() {
    redis = RedisFixture.start();
  }

  @AfterEach
  void end() {
    redis.close();
  }

  private RedisBackup backup() {
    Redis settings = redis.settings();
    return new RedisBackup(
        new Redis(
            settings.resource(),
            settings.host(),
            settings.port(),
            settings.password(),
            settings.statefulSet(),
            settings.claim(),
            settings.dataFolder(),
            settings.appendOnly(),
            settings.helperImage(),
            List.of(folder.resolve("backups")),
            settings.tools(),
            settings.collapse()),
        Clock.systemUTC(),
        Duration.ofMinutes(1));
  }

  @Test
  void anRdbIsCheckedCountedAndNamedWithItsManifestLast() throws Exception {
    redis.fill(1_234);
    RestorePoint point = backup().take("lab", "redis");
    assertThat(point.getKind()).isEqualTo(RestorePointKind.RDB);
    assertThat(point.getBaseline().getCounts().get(0).getRows()).isEqualTo(1_234);
    assertThat(point.getServerVersion()).matches("\\d+\\.\\d+.*");
    RestorePoint read =
        RestorePointManifest.list(List.of(folder.resolve("backups")))
            .restorePoints()
            .get(0)
            .point();
    assertThat(read).isEqualTo(point);
  }

  @Test
  void aServerThatIsAwayLeavesNothingBehindAndSaysWhatToDo() throws Exception {
    backup().take("lab", "redis");
    redis.kill();
    BackupFailed failed =
        catchThrowableOfType(BackupFailed.class, () -> backup().take("lab", "redis"));
    assertThat(failed).hasMessageContaining("UNREACHABLE");
    assertThat(failed.hint()).isNotBlank();
    try (Stream<Path> files = Files.list(folder.resolve("backups"))) {
      assertThat(files).as("the earlier one and its manifest").hasSize(2);
    }
  }
}
