package io.arbitex.recovery.executors;

import io.arbitex.recovery.checks.kubernetes.ClusterGreeting;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.engine.ProgressSink;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.ownership.Carrying;
import io.arbitex.recovery.executors.ownership.CommandLoop;
import io.arbitex.recovery.runtime.BaselineHistory;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.runtime.StatusServer;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.runtime.notify.Post;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running service: a loop of commands for each worker, and what they share. */
public final class Executors implements ServiceCommand.Running {
  private static final Logger log = LoggerFactory.getLogger(Executors.class);

  /**
   * A journal write takes 8 to 35 ms (measured), seconds on a broker in trouble; a silent owner is
   * dropped by its group after 6 s. Between them, so that a slow broker does not make an owner
   * prove itself over and over.
   */
  private static final Duration LEASE_LIMIT = Duration.ofSeconds(4);

  private final List<CommandLoop> loops = new ArrayList<>();
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Supplier<Optional<String>> bindingsSick = Optional::empty;

  private Executors() {}

  /**
   * Starts the workers; waits for Kafka.
   *
   * @throws IOException when the port of the health page is taken
   */
  public static Executors start(
      ServiceConfiguration<?> configuration, Set<Worker> workers, Clock clock)
      throws IOException, InterruptedException {
    Executors service = new Executors();
    try {
      service.begin(configuration, workers, clock);
      return service;
    } catch (IOException | InterruptedException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private void begin(ServiceConfiguration<?> configuration, Set<Worker> workers, Clock clock)
      throws IOException, InterruptedException {
    StatusServer status = new StatusServer(configuration.httpPort(), this::sick);
    parts.add(status);
    KafkaClients clients = new KafkaClients(configuration.kafka(), configuration.name());
    TopicSetup.ensure(clients);
    SchemaTopic schemas = new SchemaTopic(clients);
    schemas.announce();
    Framing framing = schemas.framing();
    Bindings bindings = new Bindings(clients, framing);
    bindingsSick = bindings::sick;
    parts.add(bindings);
    status.showPassedOver(Topic.BINDINGS, bindings::passedOver);
    bindings.awaitCaughtUp();
    Publisher publisher = new Publisher(clients, framing, "progress");
    parts.add(publisher);
    Procedures procedures =
        new Procedures(
            configuration.inventory(),
            configuration.policy(),
            (platform, component) -> bound(bindings, platform, component),
            new BaselineHistory(clients, framing)::since,
            clock,
            new Post());
    ClusterGreeting.start(
        configuration.inventory(), platform -> procedures.at(platform, bindings.cluster(platform)));
    for (Worker worker : workers) {
      CommandLoop loop =
          new CommandLoop(
              worker,
              clients,
              framing,
              new Carrying(
                  configuration.name(),
                  procedures::of,
                  // Telling people changes nothing that is protected, and is needed most then.
                  worker == Worker.NOTIFY
                      ? platform -> Optional.empty()
                      : configuration.killSwitch()::thrownFor,
                  sink(publisher),
                  clock,
                  LEASE_LIMIT,
                  (command, outcome) -> {
                    procedures.ended(command);
                    count(status.metrics(), worker, outcome);
                  },
                  deadLetters(status.metrics(), worker)));
      loops.add(loop);
      gauge(status.metrics(), loop);
    }
    loops.forEach(CommandLoop::start);
  }

  private static void count(MeterRegistry metrics, Worker worker, Outcome outcome) {
    metrics
        .counter("recovery.executor.commands", "worker", worker.id(), "outcome", outcome.name())
        .increment();
  }

  /** There from the start, so that an alert on its growth sees the first one too. */
  private static Runnable deadLetters(MeterRegistry metrics, Worker worker) {
    return Counter.builder("recovery.executor.dead.letters")
            .description("Commands and journal entries that could not be believed")
            .tag("worker", worker.id())
            .register(metrics)
        ::increment;
  }

  private static void gauge(MeterRegistry metrics, CommandLoop loop) {
    Gauge.builder("recovery.executor.partitions", loop, CommandLoop::ownedPartitions)
        .tag("worker", loop.worker().id())
        .register(metrics);
  }

  private static ProgressSink sink(Publisher publisher) {
    return event ->
        publisher
            .publish(Topic.PROGRESS, event.getPlatform(), event)
            .exceptionally(
                e -> {
                  log.warn(
                      "{}: a line of progress is lost: {}", event.getCommandId(), e.toString());
                  return null;
                });
  }

  private static Optional<Bound> bound(Bindings bindings, String platform, String component) {
    bindings.throwIfInDoubt(platform, component);
    return bindings
        .find(platform, component)
        .map(
            found ->
                new Bound(found.getResource(), found.getEpoch(), Facts.toMap(found.getFacts())));
  }

  private Optional<String> sick() {
    if (loops.isEmpty()) {
      return Optional.of("waits for Kafka");
    }
    return loops.stream()
        .map(CommandLoop::sick)
        .flatMap(Optional::stream)
        .findFirst()
        .or(bindingsSick);
  }

  @Override
  public void await() throws InterruptedException {
    end.await();
  }

  @Override
  public void close() {
    loops.forEach(CommandLoop::stop);
    loops.forEach(CommandLoop::close);
    for (int i = parts.size() - 1; i >= 0; i--) {
      try {
        parts.get(i).close();
      } catch (Exception e) {
        log.warn("a part of the service did not end well", e);
      }
    }
    end.countDown();
  }
}
