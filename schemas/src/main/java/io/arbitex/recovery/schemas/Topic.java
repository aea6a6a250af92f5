package io.arbitex.recovery.schemas;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The topics, their records and how long they are kept (design, section 3). All have the same
 * number of partitions, fixed at creation, except those with {@link #singlePartition()}; keys that
 * hold more than the platform are still partitioned by the platform alone.
 */
public enum Topic {
  HEALTH("recovery.health", RecordType.HEALTH_EVENT, Keep.days(30)),
  DECISIONS("recovery.decisions", RecordType.DECISION, Keep.FOREVER),
  INCIDENTS("recovery.incidents", RecordType.INCIDENT_EVENT, Keep.FOREVER),
  PLANS("recovery.plans", RecordType.RECOVERY_PLAN, Keep.FOREVER),
  COMMANDS_POSTGRESQL("recovery.commands.postgresql", RecordType.STEP_COMMAND, Keep.days(30)),
  COMMANDS_REDIS("recovery.commands.redis", RecordType.STEP_COMMAND, Keep.days(30)),
  COMMANDS_PVC("recovery.commands.pvc", RecordType.STEP_COMMAND, Keep.days(30)),
  COMMANDS_AKS("recovery.commands.aks", RecordType.STEP_COMMAND, Keep.days(30)),
  COMMANDS_CUTOVER("recovery.commands.cutover", RecordType.STEP_COMMAND, Keep.days(30)),
  COMMANDS_NOTIFY("recovery.commands.notify", RecordType.STEP_COMMAND, Keep.days(30)),
  COMMANDS_VERIFIER("recovery.commands.verifier", RecordType.STEP_COMMAND, Keep.days(30)),
  PROGRESS("recovery.progress", RecordType.STEP_EVENT, Keep.FOREVER),
  VALIDATIONS("recovery.validations", RecordType.VALIDATION_OUTCOME, Keep.FOREVER),
  PHASE_METRICS("recovery.metrics", RecordType.PHASE_METRIC, Keep.FOREVER),
  APPROVALS("recovery.approvals", RecordType.APPROVAL, Keep.FOREVER),
  BINDINGS("recovery.bindings", RecordType.BINDING, Keep.COMPACTED),
  BACKUPS("recovery.backups", RecordType.RESTORE_POINT, Keep.COMPACTED),
  BASELINES("recovery.baselines", RecordType.BASELINE, Keep.days(40)),
  JOURNAL("recovery.journal", RecordType.JOURNAL_ENTRY, Keep.COMPACTED),
  FLEET("recovery.fleet", RecordType.FLEET_EVENT, Keep.COMPACTED),
  ADMISSIONS("recovery.admissions", RecordType.FLEET_EVENT, Keep.COMPACTED),
  SCHEMAS("recovery.schemas", RecordType.SCHEMA_ENTRY, Keep.COMPACTED),
  DEAD_LETTERS("recovery.dead-letters", null, Keep.days(30));

  /** Largest record that the pipeline writes, in bytes; inputs are held to Kafka's own 1 MiB. */
  public static final int LARGEST = 8 * 1024 * 1024;

  /** How long a topic keeps its records: a time, for ever, or the newest of each key. */
  public record Keep(Optional<Duration> time, boolean compacted) {
    static final Keep FOREVER = new Keep(Optional.empty(), false);
    static final Keep COMPACTED = new Keep(Optional.empty(), true);

    static Keep days(int days) {
      return new Keep(Optional.of(Duration.ofDays(days)), false);
    }
  }

  private final String topicName;
  private final RecordType record;
  private final Keep keep;

  Topic(String topicName, RecordType record, Keep keep) {
    this.topicName = topicName;
    this.record = record;
    this.keep = keep;
  }

  public String topicName() {
    return topicName;
  }

  /**
   * The record that the topic carries; {@code recovery.metrics} carries {@link
   * RecordType#LOSS_METRIC} too, told apart by the id in the framing. Empty for dead letters, which
   * are bytes as they came.
   */
  public Optional<RecordType> record() {
    return Optional.ofNullable(record);
  }

  public Keep keep() {
    return keep;
  }

  /** Topics that look across platforms have one partition. */
  public boolean singlePartition() {
    return this == FLEET || this == SCHEMAS;
  }

  /** Settings of the topic on the broker. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("cleanup.policy", keep.compacted() ? "compact" : "delete");
    settings.put(
        "retention.ms", keep.time().map(time -> Long.toString(time.toMillis())).orElse("-1"));
    if (this == DECISIONS || this == DEAD_LETTERS) {
      // They carry whole records of other topics, and more.
      settings.put("max.message.bytes", Integer.toString(LARGEST));
    }
    if (keep.compacted()) {
      settings.put("min.cleanable.dirty.ratio", "0.1");
    }
    return settings;
  }

  /** The command topic of a worker. */
  public static Topic commandsOf(Worker worker) {
    return of("recovery.commands." + worker.id()).orElseThrow();
  }

  public static Optional<Topic> of(String topicName) {
    return Arrays.stream(values()).filter(topic -> topic.topicName.equals(topicName)).findFirst();
  }
}
