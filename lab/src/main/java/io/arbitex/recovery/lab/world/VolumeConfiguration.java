package io.arbitex.recovery.lab.world;

import java.util.Map;
import java.util.TreeSet;

/** What the inventory says of the platform's volumes. */
final class VolumeConfiguration {
  /** Of the pod that looks at a restored volume: a shell and what Debian has. */
  static final String HELPER_IMAGE = "busybox:1.36";

  /** Its entry of the registry of images. */
  static final String IMAGE =
      """
        %s:
          command: [/bin/sh]
      """
          .formatted(HELPER_IMAGE);

  private static final String COMPONENT =
      """
            - name: %s
              kind: pvc
              procedures: [pvc.snapshot]
              volume:
                claim: %s
                workloads: [%s]
                helperImage: %s
                check: [sh, -c, %s]
                checkTimeout: 20s
                azure: {snapshots: %s, disks: %s}
      """;

  /** Every line is an event: none was cut when the snapshot was taken. */
  private static final String BUFFER_CHECK =
      "'cat /data/events-*.jsonl | grep -q . && ! cat /data/events-*.jsonl"
          + " | grep -qvE \"^.{6}[0-9]+,.hmac.:.[0-9a-f]{64}..$\"'";

  /** The last line is the digest of those before it. */
  private static final String CACHE_CHECK =
      "'test \"$(head -n -1 /data/policies.txt | sha256sum | cut -c1-64)\""
          + " = \"$(tail -n 1 /data/policies.txt)\"'";

  /** What the append-only file begins with is whole. */
  private static final String REDIS_CHECK =
      "'redis-check-rdb /data/appendonlydir/*.base.rdb && test -s"
          + " /data/appendonlydir/appendonly.aof.manifest'";

  private static final String PLATFORM = "deployment/" + PlatformWorkload.PLATFORM;

  private static final Map<String, String> CLAIMS =
      Map.of(
          "db-data", PlatformWorkload.DB_DATA,
          "audit-buffer", PlatformWorkload.AUDIT_BUFFER,
          "redis-data", RedisWorkload.CLAIM);

  private VolumeConfiguration() {}

  /**
   * The claim of a component.
   *
   * @throws IllegalArgumentException for one that is none of these
   */
  static String claim(String component) {
    String claim = CLAIMS.get(component);
    if (claim == null) {
      throw new IllegalArgumentException(
          "the lab has no volume '"
              + component
              + "'; there are: "
              + new TreeSet<>(CLAIMS.keySet()));
    }
    return claim;
  }

  /** The components; indented for their place. */
  static String components(LabOptions options) {
    String platform =
        component("db-data", PLATFORM, CACHE_CHECK)
            + component("audit-buffer", PLATFORM, BUFFER_CHECK);
    return options.redisVolume()
        ? platform + component("redis-data", "statefulset/" + RedisWorkload.NAME, REDIS_CHECK)
        : platform;
  }

  private static String component(String name, String workload, String check) {
    return COMPONENT.formatted(
        name,
        claim(name),
        workload,
        HELPER_IMAGE,
        check,
        LabAzureCloud.SNAPSHOTS,
        LabAzureCloud.NODES);
  }
}
