package io.arbitex.recovery.verifier;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.CommandReader;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import io.arbitex.recovery.schemas.Worker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads commands and ends of incidents, and writes what came of each together with its offset in
 * one transaction: a run that dies before that is run again, one that lived is never told twice.
 */
final class VerificationLoop {
  private static final Logger log = LoggerFactory.getLogger(VerificationLoop.class);
  static final String GROUP = "recovery-verifier";

  private record Written(Topic topic, String key, SpecificRecordBase value) {}

  private record Job(ConsumerRecord<String, byte[]> command, Future<Proof> running) {}

  private final Framing framing;
  private final Partitions partitions;
  private final CommandReader commands;
  private final Suite suite;
  private final Policy policy;
  private final Clock clock;
  private final Runnable deadLetters;
  private final KafkaConsumer<String, byte[]> consumer;
  private final KafkaProducer<String, byte[]> producer;
  private final ExecutorService workers;
  private final Map<TopicPartition, Job> jobs = new HashMap<>();
  private volatile boolean closed;

  /**
   * @param name of this process; another process with the same name fences this one
   * @param deadLetters told of each record that became one, for metrics
   */
  VerificationLoop(
      KafkaClients clients,
      Framing framing,
      Suite suite,
      Policy policy,
      Clock clock,
      String name,
      Runnable deadLetters) {
    this.framing = framing;
    this.partitions = new Partitions(clients.settings().partitions());
    this.commands = new CommandReader(Worker.VERIFIER, framing, partitions);
    this.deadLetters = deadLetters;
    this.suite = suite;
    this.policy = policy;
    this.clock = clock;
    this.consumer = clients.groupConsumer(GROUP, "earliest");
    this.producer = clients.transactionalProducer("verifier." + name);
    AtomicInteger number = new AtomicInteger();
    this.workers =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "suite-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs until {@link #close()}; a failure of Kafka that a restart mends is thrown. */
  void run() throws InterruptedException {
    producer.initTransactions();
    consumer.subscribe(
        List.of(Topic.COMMANDS_VERIFIER.topicName(), Topic.INCIDENTS.topicName()),
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            log.info("assigned {}", assigned);
          }

          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            drop(revoked);
          }

          @Override
          public void onPartitionsLost(Collection<TopicPartition> lost) {
            drop(lost);
          }
        });
    try (consumer;
        producer) {
      while (!closed) {
        finishJobs();
        try {
          for (ConsumerRecord<String, byte[]> record :
              consumer.poll(Duration.ofMillis(jobs.isEmpty() ? 250 : 20))) {
            take(record);
          }
        } catch (WakeupException e) {
          if (!closed) {
            throw e;
          }
        }
      }
    } finally {
      workers.shutdownNow();
    }
  }

  void close() {
    closed = true;
    consumer.wakeup();
  }

  private void drop(Collection<TopicPartition> partitionsGone) {
    for (TopicPartition partition : partitionsGone) {
      Job job = jobs.remove(partition);
      if (job != null) {
        log.info("giving {} up to another process", job.command().key());
        job.running().cancel(true);
      }
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (jobs.containsKey(partition)) {
      // Fetched together with the command that is running: read again when that is done.
      consumer.seek(partition, Math.min(record.offset(), consumer.position(partition)));
      consumer.pause(List.of(partition));
      return;
    }
    try {
      if (record.topic().equals(Topic.INCIDENTS.topicName())) {
        takeIncident(record, partition);
      } else {
        takeCommand(record, partition);
      }
    } catch (UndecodableRecord e) {
      log.warn("dead letter from {} at {}: {}", partition, record.offset(), e.getMessage());
      deadLetters.run();
      commit(
          record,
          List.of(),
          List.of(
              DeadLetters.of(
                  "verifier",
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  record.key(),
                  record.value(),
                  e.getMessage())));
    }
  }

  private void takeCommand(ConsumerRecord<String, byte[]> record, TopicPartition partition) {
    StepCommand command = commands.read(record);
    if (command.getKind() != CommandKind.EXECUTE) {
      commit(record, List.of(), List.of());
      return;
    }
    if (clock.instant().isAfter(command.getDeadline())) {
      log.info("refusing {}: it came after its deadline", command.getCommandId());
      commit(
          record,
          written(Suite.refused(command, "refused: it came after its deadline", clock)),
          List.of());
      return;
    }
    log.info("running the suite for {}", command.getCommandId());
    consumer.pause(List.of(partition));
    consumer.seek(partition, record.offset() + 1);
    jobs.put(partition, new Job(record, workers.submit(() -> suite.run(command))));
  }

  private void takeIncident(ConsumerRecord<String, byte[]> record, TopicPartition partition) {
    List<PhaseMetric> metrics = PhaseMetrics.of(record, framing, partitions, policy);
    if (metrics.isEmpty()) {
      return;
    }
    log.info(
        "{} is resolved; {} phase metrics to {}",
        metrics.get(0).getIncidentId(),
        metrics.size(),
        partition);
    commit(
        record,
        metrics.stream()
            .map(metric -> new Written(Topic.PHASE_METRICS, metric.getPlatform(), metric))
            .toList(),
        List.of());
  }

  private void finishJobs() throws InterruptedException {
    for (Iterator<Job> each = jobs.values().iterator(); each.hasNext(); ) {
      Job job = each.next();
      if (!job.running().isDone()) {
        continue;
      }
      each.remove();
      Proof proof;
      try {
        proof = job.running().get();
      } catch (ExecutionException e) {
        log.error("the suite failed in itself for {}", job.command().key(), e.getCause());
        proof =
            Suite.refused(
                framing.decode(job.command().value(), StepCommand.class),
                "the suite failed in itself: " + e.getCause(),
                clock);
      }
      commit(job.command(), written(proof), List.of());
      consumer.resume(
          List.of(new TopicPartition(job.command().topic(), job.command().partition())));
    }
  }

  private static List<Written> written(Proof proof) {
    List<Written> written = new ArrayList<>();
    proof
        .outcomes()
        .forEach(
            outcome -> written.add(new Written(Topic.VALIDATIONS, outcome.getPlatform(), outcome)));
    proof
        .losses()
        .forEach(loss -> written.add(new Written(Topic.PHASE_METRICS, loss.getPlatform(), loss)));
    return written;
  }

  private void commit(
      ConsumerRecord<String, byte[]> from,
      List<Written> written,
      List<ProducerRecord<String, byte[]>> deadLetters) {
    producer.beginTransaction();
    for (Written each : written) {
      producer.send(
          new ProducerRecord<>(
              each.topic().topicName(),
              partitions.of(each.topic(), each.key()),
              each.key(),
              framing.encode(each.value())));
    }
    deadLetters.forEach(producer::send);
    producer.sendOffsetsToTransaction(
        Map.of(
            new TopicPartition(from.topic(), from.partition()),
            new OffsetAndMetadata(from.offset() + 1)),
        consumer.groupMetadata());
    producer.commitTransaction();
  }
}
