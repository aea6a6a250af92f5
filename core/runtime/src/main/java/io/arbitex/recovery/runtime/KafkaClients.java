package io.arbitex.recovery.runtime;

import io.arbitex.recovery.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Makes the Kafka clients of a service, all with the same habits. */
public final class KafkaClients {
  private final KafkaSettings settings;
  private final String service;

  /**
   * @param service name of the process, for client ids
   */
  public KafkaClients(KafkaSettings settings, String service) {
    this.settings = settings;
    this.service = service;
  }

  public KafkaSettings settings() {
    return settings;
  }

  public Admin admin() {
    Map<String, Object> config = base("admin");
    config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
    return Admin.create(config);
  }

  /** An idempotent producer that acknowledges nothing before all replicas have it. */
  public KafkaProducer<String, byte[]> producer(String purpose) {
    return new KafkaProducer<>(
        producerConfig(purpose), new StringSerializer(), new ByteArraySerializer());
  }

  /**
   * A transactional producer; the first thing to do with it is {@code initTransactions}, which
   * fences every earlier owner of the id.
   */
  public KafkaProducer<String, byte[]> transactionalProducer(String transactionalId) {
    Map<String, Object> config = producerConfig(transactionalId);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
    // A transaction right behind another finds the first one's markers unwritten, and asks again;
    // Kafka's 100 ms would be most of the time of an action. It grows up to a second.
    config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5);
    return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  private Map<String, Object> producerConfig(String purpose) {
    Map<String, Object> config = base(purpose);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 8_000);
    // The dead letter of a record is larger than the record.
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topic.LARGEST);
    return config;
  }

  /**
   * A member of a consumer group that commits by itself only.
   *
   * <p>A lost member costs the session timeout, so it is 6 s (Kafka's default of 45 s would cost
   * more than a recovery takes).
   *
   * @param reset where a group starts that has committed nothing: earliest or latest
   */
  public KafkaConsumer<String, byte[]> groupConsumer(String group, String reset) {
    Map<String, Object> config = consumerConfig(group);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reset);
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000);
    config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 30_000);
    config.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /** A consumer without a group, which is told its partitions. */
  public KafkaConsumer<String, byte[]> freeConsumer(String purpose) {
    Map<String, Object> config = consumerConfig(purpose);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private Map<String, Object> consumerConfig(String purpose) {
    Map<String, Object> config = base(purpose);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 250);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return config;
  }

  private Map<String, Object> base(String purpose) {
    Map<String, Object> config = new HashMap<>(settings.properties());
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, service + "." + purpose);
    config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50);
    config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    config.put("enable.metrics.push", false);
    return config;
  }
}
