package io.arbitex.recovery.configuration;

import java.time.Duration;
import java.util.Map;

/** How long procedures may take and usually take, where the policy says nothing else. */
final class ProcedureTimes {
  /** After it a step has failed. */
  static final Map<String, Duration> LIMITS =
      Map.ofEntries(
          Map.entry("postgresql.pitr", Duration.ofMinutes(60)),
          Map.entry("postgresql.dump", Duration.ofMinutes(60)),
          Map.entry("cutover.database", Duration.ofMinutes(15)),
          Map.entry("redis.aof", Duration.ofMinutes(15)),
          Map.entry("redis.rdb", Duration.ofMinutes(15)),
          Map.entry("redis.cold", Duration.ofMinutes(5)),
          Map.entry("cutover.redis", Duration.ofMinutes(30)),
          Map.entry("pvc.snapshot", Duration.ofMinutes(30)),
          Map.entry("cutover.volume", Duration.ofMinutes(15)),
          Map.entry("aks.backup", Duration.ofMinutes(60)),
          Map.entry("aks.rebuild", Duration.ofMinutes(60)),
          Map.entry("cutover.cluster", Duration.ofMinutes(30)),
          Map.entry("verify.full", Duration.ofMinutes(30)));

  /** What people are told to expect. */
  static final Map<String, Duration> EXPECTED =
      Map.ofEntries(
          Map.entry("postgresql.pitr", Duration.ofMinutes(20)),
          Map.entry("postgresql.dump", Duration.ofMinutes(20)),
          Map.entry("cutover.database", Duration.ofMinutes(1)),
          Map.entry("redis.aof", Duration.ofMinutes(2)),
          Map.entry("redis.rdb", Duration.ofMinutes(2)),
          Map.entry("redis.cold", Duration.ofMinutes(1)),
          Map.entry("cutover.redis", Duration.ofMinutes(2)),
          Map.entry("pvc.snapshot", Duration.ofMinutes(3)),
          Map.entry("cutover.volume", Duration.ofMinutes(3)),
          Map.entry("aks.backup", Duration.ofMinutes(20)),
          Map.entry("aks.rebuild", Duration.ofMinutes(15)),
          Map.entry("cutover.cluster", Duration.ofMinutes(8)),
          Map.entry("verify.full", Duration.ofMinutes(5)));

  private ProcedureTimes() {}
}
