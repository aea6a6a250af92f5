package io.arbitex.recovery.runtime;

import io.arbitex.recovery.schemas.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the topics of the catalogue are there, with the configured number of partitions:
 * another number would put a platform's records into different partitions of different topics.
 */
public final class TopicSetup {
  private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);
  private static final long RETRY_MILLIS = 250;

  private TopicSetup() {}

  /** The topics are there, but not as configured; a person must decide. */
  public static final class WrongTopics extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongTopics(String message) {
      super(message);
    }
  }

  /**
   * Waits for Kafka, makes missing topics, checks all.
   *
   * @throws WrongTopics when a topic has another number of partitions
   * @throws InterruptedException when the service is told to stop meanwhile
   */
  public static void ensure(KafkaClients clients) throws InterruptedException {
    KafkaSettings settings = clients.settings();
    long since = System.nanoTime();
    long said = since;
    try (Admin admin = clients.admin()) {
      while (true) {
        try {
          create(admin, settings);
          check(admin, settings);
          return;
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof RetriableException)
              && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
            throw new IllegalStateException(
                "cannot set up the topics on " + settings.bootstrap(), e.getCause());
          }
          if (System.nanoTime() - said > 5_000_000_000L) {
            said = System.nanoTime();
            log.warn(
                "waiting for Kafka at {} for {} s: {}",
                settings.bootstrap(),
                (said - since) / 1_000_000_000L,
                e.getCause().toString());
          }
          Thread.sleep(RETRY_MILLIS);
        }
      }
    }
  }

  private static void create(Admin admin, KafkaSettings settings)
      throws ExecutionException, InterruptedException {
    Set<String> there = admin.listTopics().names().get();
    List<NewTopic> missing = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      if (!there.contains(topic.topicName())) {
        missing.add(
            new NewTopic(
                    topic.topicName(), expected(topic, settings), (short) settings.replication())
                .configs(topic.settings()));
      }
    }
    for (var made : admin.createTopics(missing).values().entrySet()) {
      try {
        made.getValue().get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private static void check(Admin admin, KafkaSettings settings)
      throws ExecutionException, InterruptedException {
    List<String> names = Arrays.stream(Topic.values()).map(Topic::topicName).toList();
    Map<String, TopicDescription> found = admin.describeTopics(names).allTopicNames().get();
    String wrong =
        Arrays.stream(Topic.values())
            .filter(
                topic ->
                    found.get(topic.topicName()).partitions().size() != expected(topic, settings))
            .map(
                topic ->
                    topic.topicName()
                        + " has "
                        + found.get(topic.topicName()).partitions().size()
                        + " partitions, expected "
                        + expected(topic, settings))
            .collect(Collectors.joining("; "));
    if (!wrong.isEmpty()) {
      throw new WrongTopics(
          wrong
              + ". The number is fixed at creation: set kafka.partitions to what is there, or use a"
              + " new cluster.");
    }
  }

  private static int expected(Topic topic, KafkaSettings settings) {
    return topic.singlePartition() ? 1 : settings.partitions();
  }
}
