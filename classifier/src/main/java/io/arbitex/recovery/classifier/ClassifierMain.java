package io.arbitex.recovery.classifier;

import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.KafkaSettings;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.runtime.StatusServer;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.schemas.Topic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** The classifier's process. */
@Command(
    name = "classifier",
    description = "Maps what is seen to a severity and a recovery plan, and dispatches its steps.")
public final class ClassifierMain extends ServiceCommand {
  private static final Logger log = LoggerFactory.getLogger(ClassifierMain.class);

  public static void main(String[] args) {
    main(new ClassifierMain(), args);
  }

  @Override
  protected Running start(Path config) throws Exception {
    ServiceConfiguration<Integer> configuration =
        ServiceConfiguration.read(config, section -> section.integer("standbyReplicas", 1, 0, 5));
    KafkaClients clients = new KafkaClients(configuration.kafka(), configuration.name());
    TopicSetup.ensure(clients);
    SchemaTopic schemas = new SchemaTopic(clients);
    schemas.announce();

    KafkaStreams[] holder = new KafkaStreams[1];
    StatusServer status = new StatusServer(configuration.httpPort(), () -> sick(holder[0]));
    KafkaStreams streams =
        new KafkaStreams(
            ClassifierTopology.build(
                new Decider(configuration.inventory(), configuration.policy()),
                schemas.framing(),
                new Partitions(configuration.kafka().partitions()),
                Clock.systemUTC(),
                new Counters(status.metrics())),
            new StreamsConfig(properties(configuration)));
    holder[0] = streams;
    streams.setUncaughtExceptionHandler(
        e -> {
          log.error("a stream thread has ended; another takes its place", e);
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    streams.setStateListener(
        (now, before) -> {
          if (now == KafkaStreams.State.RUNNING) {
            log.info("running as {}; status on port {}", configuration.name(), status.port());
          }
        });
    streams.start();
    return new Classifier(streams, status);
  }

  private static Optional<String> sick(KafkaStreams streams) {
    if (streams == null) {
      return Optional.of("starting");
    }
    KafkaStreams.State state = streams.state();
    return state == KafkaStreams.State.RUNNING ? Optional.empty() : Optional.of(state.toString());
  }

  /** Settings of facts.md: 10 ms commits and no linger give 6 ms a hop instead of 60 and more. */
  public static Map<String, Object> properties(ServiceConfiguration<Integer> configuration) {
    KafkaSettings kafka = configuration.kafka();
    Map<String, Object> properties = new HashMap<>(kafka.properties());
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "recovery-classifier");
    properties.put(StreamsConfig.CLIENT_ID_CONFIG, configuration.name());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrap());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 10);
    properties.put(StreamsConfig.POLL_MS_CONFIG, 20);
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replication());
    properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, configuration.own());
    properties.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndContinueExceptionHandler.class.getName());
    properties.put(
        StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, Topic.DEAD_LETTERS.topicName());
    configuration
        .stateFolder()
        .ifPresent(folder -> properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString()));
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
    // A transaction right behind another finds the first one's markers unwritten, and asks again.
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 5);
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topic.LARGEST);
    // Parked inputs lie in a changelog with what belongs to them.
    properties.put(
        StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
        Integer.toString(Topic.LARGEST));
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1_000);
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    properties.put("enable.metrics.push", false);
    return properties;
  }

  private record Classifier(KafkaStreams streams, StatusServer status, CountDownLatch ended)
      implements Running {
    Classifier(KafkaStreams streams, StatusServer status) {
      this(streams, status, new CountDownLatch(1));
    }

    @Override
    public void await() throws InterruptedException {
      ended.await();
    }

    @Override
    public void close() {
      streams.close(Duration.ofSeconds(8));
      status.close();
      ended.countDown();
    }
  }
}
