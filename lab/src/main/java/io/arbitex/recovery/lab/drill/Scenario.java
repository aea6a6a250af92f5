package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What is broken, in what world and circumstances, and what is demanded for them besides what the
 * disaster itself demands.
 */
public enum Scenario {
  /** All is well but for the loss. */
  POSTGRESQL_LOST("postgresql-lost"),
  /** No observer can see the server, nor the world: only an alert says that it is lost. */
  ALERT_ONLY("alert-only") {
    @Override
    LabOptions world(LabOptions options) {
      return BlindObservers.world(options);
    }

    @Override
    void before(Lab lab, Watcher watcher, Consumer<String> say)
        throws IOException, InterruptedException {
      BlindObservers.blind(lab, watcher, say);
    }

    @Override
    List<String> failures(Watcher watcher, IncidentRecords records, Instant brokenAt) {
      return BlindObservers.failures(watcher, records, brokenAt);
    }
  },
  /** The lost server comes back, writable: during the restore, and after the cutover. */
  POSTGRESQL_RETURNS("postgresql-returns") {
    @Override
    LabOptions world(LabOptions options) {
      return PostgresqlReturns.world(options);
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new PostgresqlReturns(lab, watcher, limit, say, this);
    }
  },
  /** A bad release deletes tenants and rewrites old audit events, while traffic goes on. */
  POSTGRESQL_CORRUPTED("postgresql-corrupted") {
    @Override
    LabOptions world(LabOptions options) {
      return options.withAzure();
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new PostgresqlCorrupted(lab, watcher, limit, say, this);
    }
  },
  /** A volume of the platform is gone with its disk. */
  PVC_LOST("pvc-lost") {
    @Override
    LabOptions world(LabOptions options) {
      return VolumeLost.world(options);
    }

    @Override
    Disaster disaster(
        Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Choices choices) {
      return new VolumeLost(lab, watcher, limit, say, this, choices.volume());
    }

    @Override
    Duration limit() {
      return Duration.ofMinutes(5);
    }
  },
  /** The cluster and all that runs in it are gone; Azure says that it runs. */
  AKS_UNREACHABLE("aks-unreachable") {
    @Override
    LabOptions world(LabOptions options) {
      return ClusterLost.world(options);
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new ClusterLost(lab, watcher, limit, say, this, ClusterLost.Extent.CLUSTER);
    }
  },
  /** The cluster, every recovery point of it and the database are gone. */
  AKS_GONE("aks-gone") {
    @Override
    LabOptions world(LabOptions options) {
      return ClusterLost.world(options);
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new ClusterLost(
          lab, watcher, limit, say, this, ClusterLost.Extent.BACKUP_AND_DATABASE);
    }

    /** Each recovery point is tried, in a cluster of its own, before the chart is taken. */
    @Override
    Duration limit() {
      return Duration.ofMinutes(8);
    }
  },
  /** The database, a volume, Redis and the cluster are gone at once. */
  EVERYTHING("everything") {
    @Override
    LabOptions world(LabOptions options) {
      return EverythingLost.world(options);
    }

    @Override
    Disaster disaster(
        Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Choices choices) {
      return new EverythingLost(lab, watcher, limit, say, this, choices);
    }

    @Override
    Duration limit() {
      return Duration.ofMinutes(10);
    }
  },
  /** Nothing is lost, and it looks so: first to one observer, then to all. */
  FALSE_ALARM("false-alarm") {
    @Override
    LabOptions world(LabOptions options) {
      return FalseAlarm.world(options);
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new FalseAlarm(lab, watcher, limit, say, this);
    }
  },
  /** Redis comes back empty: its data folder was lost with the process. */
  REDIS_LOST("redis-lost") {
    @Override
    LabOptions world(LabOptions options) {
      return RedisLost.world(options, List.of("redis.rdb", "redis.cold"));
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new RedisLost(lab, watcher, limit, say, this, RedisLost.Break.DATA_FOLDER);
    }
  },
  /** Redis cannot start any more: its volume and its disk are gone. */
  REDIS_VOLUME_LOST("redis-volume-lost") {
    @Override
    LabOptions world(LabOptions options) {
      return RedisLost.world(options, List.of("redis.rdb", "redis.cold"));
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new RedisLost(lab, watcher, limit, say, this, RedisLost.Break.VOLUME);
    }

    /** The file is copied and proven twice: beside, and on the new volume. */
    @Override
    Duration limit() {
      return Duration.ofMinutes(5);
    }
  },
  /** Somebody empties Redis by mistake; a person approves that it is put back. */
  REDIS_FLUSHED("redis-flushed") {
    @Override
    LabOptions world(LabOptions options) {
      return RedisLost.world(options, List.of("redis.aof", "redis.rdb", "redis.cold"));
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new RedisLost(lab, watcher, limit, say, this, RedisLost.Break.FLUSHALL);
    }
  },
  /** Redis serves, but cannot save: people are told, and nothing is restored. */
  REDIS_DEGRADED("redis-degraded") {
    @Override
    LabOptions world(LabOptions options) {
      return RedisLost.world(options, List.of("redis.rdb", "redis.cold"));
    }

    @Override
    Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
      return new RedisDegraded(lab, watcher, limit, say, this);
    }
  };

  /** From the break to the end of the incident. */
  Duration limit() {
    return Duration.ofMinutes(3);
  }

  private final String word;

  Scenario(String word) {
    this.word = word;
  }

  /** Its name on the command line. */
  public String word() {
    return word;
  }

  /** The scenario of that name. */
  static Optional<Scenario> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  /** The names of all. */
  static String words() {
    return Arrays.stream(values()).map(Scenario::word).collect(Collectors.joining(", "));
  }

  /** What of the world it needs to be otherwise. */
  LabOptions world(LabOptions options) {
    return options;
  }

  /**
   * What is broken, and what must come of it.
   *
   * @param limit from the break to the end of the incident
   */
  Disaster disaster(
      Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Choices choices) {
    return disaster(lab, watcher, limit, say);
  }

  /**
   * The same, where there is nothing to choose.
   *
   * @param limit from the break to the end of the incident
   */
  Disaster disaster(Lab lab, Watcher watcher, Duration limit, Consumer<String> say) {
    return new PostgresqlLost(lab, watcher, limit, say, this);
  }

  /** What happens in a calm lab before it is broken. */
  void before(Lab lab, Watcher watcher, Consumer<String> say)
      throws IOException, InterruptedException {
    // The disaster is all that happens.
  }

  /** What is not as demanded, of that which is demanded here alone. */
  List<String> failures(Watcher watcher, IncidentRecords records, Instant brokenAt) {
    return List.of();
  }
}
