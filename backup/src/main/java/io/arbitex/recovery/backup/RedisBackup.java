package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.checks.redis.RdbCheck;
import io.arbitex.recovery.checks.redis.RedisDoor;
import io.arbitex.recovery.checks.redis.RedisErrors;
import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.TableCount;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Backs up a Redis: an RDB file over the replication protocol, which the server makes as it would
 * for a replica, so nothing on its volume is touched. Checked with redis-check-rdb before it is
 * named; the number of keys that the check read is the baseline of its very snapshot.
 */
final class RedisBackup {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);
  private static final byte[] MAGIC = "REDIS".getBytes(StandardCharsets.US_ASCII);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Redis settings;
  private final Clock clock;
  private final Duration limit;
  private final ChildTool child =
      new ChildTool("Install redis-tools and set 'tools' in the inventory to its folder.");

  /**
   * @param limit for one whole backup
   */
  RedisBackup(Redis settings, Clock clock, Duration limit) {
    this.settings = settings;
    this.clock = clock;
    this.limit = limit;
  }

  /**
   * Takes a backup into the first folder.
   *
   * @throws BackupFailed when there is none now; earlier ones are untouched
   */
  RestorePoint take(String platform, String component) throws BackupFailed, InterruptedException {
    Path folder = settings.backups().get(0);
    List<Path> unfinished = new ArrayList<>();
    try {
      String serverVersion = serverVersion();
      Instant takenAt = Times.now(clock);
      String id = component + "-" + NAME.format(takenAt);
      Path rdb = folder.resolve(platform + "-" + id + ".rdb");
      Path part = rdb.resolveSibling(rdb.getFileName() + ".part");
      unfinished.add(part);
      Files.createDirectories(folder);
      transfer(part);
      long keys = keys(part);
      String sha256 = WrittenFile.check(part, MAGIC);
      long size = Files.size(part);
      Files.move(part, rdb, StandardCopyOption.ATOMIC_MOVE);
      RestorePointManifest.syncFolder(rdb);
      RestorePoint point =
          RestorePoint.newBuilder()
              .setId(id)
              .setPlatform(platform)
              .setComponent(component)
              .setKind(RestorePointKind.RDB)
              .setState(RestorePointState.AVAILABLE)
              .setTakenAt(takenAt)
              .setFinishedAt(Times.now(clock))
              .setLocation(rdb.toAbsolutePath().normalize().toString())
              .setFormat("rdb")
              .setSizeBytes(size)
              .setSha256(sha256)
              .setToolVersion(toolVersion())
              .setServerVersion(serverVersion)
              .setBaseline(baseline(platform, component, takenAt, keys))
              .build();
      RestorePointManifest.write(rdb, point);
      unfinished.clear();
      return point;
    } catch (IOException e) {
      throw new BackupFailed(
          "no RDB file in " + folder + ": " + e,
          "See whether the folder is there, may be written to and has space.",
          e);
    } finally {
      WrittenFile.discard(unfinished);
    }
  }

  /** Ends a backup that another thread is taking. */
  void cancel() {
    child.cancel();
  }

  private String serverVersion() throws BackupFailed, IOException {
    try (RedisDoor door = new RedisDoor(settings, ANSWER);
        RedisDoor.Session session = door.open()) {
      RedisInfo info = session.info();
      if (info.number("loading").orElse(0) != 0) {
        throw new BackupFailed(
            "redis is loading its data", "Nothing, if the loading ends; else see its log.");
      }
      return info.text("redis_version").orElse("");
    } catch (RuntimeException e) {
      RedisErrors.Diagnosis diagnosis = RedisErrors.diagnose(e);
      throw new BackupFailed(
          "redis at %s:%d: %s (%s)"
              .formatted(
                  settings.host(), settings.port(), diagnosis.message(), diagnosis.symptom()),
          "See the detectors of this component.",
          e);
    }
  }

  private void transfer(Path file) throws BackupFailed, InterruptedException, IOException {
    Map<String, String> login =
        settings.password().isPresent()
            ? Map.of("REDISCLI_AUTH", settings.password().get().resolve())
            : Map.of();
    List<String> command = new ArrayList<>(ChildTool.niced());
    command.addAll(
        List.of(
            settings.tools().resolve("redis-cli").toString(),
            "-h",
            settings.host(),
            "-p",
            Integer.toString(settings.port()),
            "--rdb",
            file.toString()));
    child.run(command, login, limit);
  }

  private long keys(Path file) throws BackupFailed, InterruptedException {
    String said =
        child.run(
            List.of(settings.tools().resolve("redis-check-rdb").toString(), file.toString()),
            Map.of(),
            limit);
    return RdbCheck.keys(said)
        .orElseThrow(
            () ->
                new BackupFailed(
                    "redis-check-rdb does not say how many keys it read: " + said,
                    "Install the redis-check-rdb of the server's version."));
  }

  private String toolVersion() throws BackupFailed, InterruptedException {
    String said =
        child.run(
            List.of(settings.tools().resolve("redis-cli").toString(), "--version"),
            Map.of(),
            ANSWER);
    return said.replaceFirst("^redis-cli\\s+", "").split("\\s", 2)[0];
  }

  private Baseline baseline(String platform, String component, Instant takenAt, long keys) {
    return Baseline.newBuilder()
        .setPlatform(platform)
        .setComponent(component)
        .setKind(BaselineKind.BASELINE)
        .setSource(settings.resource())
        .setTakenAt(takenAt)
        .setCounts(List.of(new TableCount(RdbCheck.KEYS, keys)))
        .setAlembicHead("")
        .setAuditCount(0)
        .setAuditHeadId(0)
        .setAuditHeadHmac("")
        .build();
  }
}
