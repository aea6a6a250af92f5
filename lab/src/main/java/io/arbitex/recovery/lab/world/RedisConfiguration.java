package io.arbitex.recovery.lab.world;

import java.util.List;

/** What the inventory says of Redis. */
final class RedisConfiguration {
  private RedisConfiguration() {}

  /**
   * The component; indented for its place. Clients whose session is gone log in again, so its keys
   * come back by themselves, other ones: less than half of what there was counts as lost.
   *
   * @param port by which Redis is reached from where the inventory is read
   */
  static String component(LabFolder folder, List<String> procedures, int port) {
    return """
          - name: %s
            kind: redis
            procedures: %s
            redis:
              resource: %s
              host: 127.0.0.1
              port: %d
              statefulSet: %s
              claim: %s
              dataFolder: /data
              appendOnly: true
              helperImage: %s
              backups: [%s]
              tools: %s
              collapse: 0.5
    """
        .formatted(
            LabPlan.REDIS,
            procedures,
            RedisWorkload.NAME,
            port,
            RedisWorkload.NAME,
            RedisWorkload.CLAIM,
            RedisWorkload.IMAGE,
            folder.backups().resolve(LabPlan.REDIS),
            RedisWorkload.TOOLS);
  }
}
