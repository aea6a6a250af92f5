package io.arbitex.recovery.detector;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Problem;
import io.arbitex.recovery.configuration.Section;
import io.arbitex.recovery.detector.alerts.AlertReceivers;
import io.arbitex.recovery.detector.alerts.ReceiverSettings;
import io.arbitex.recovery.detector.integrity.CheckpointMetrics;
import io.arbitex.recovery.detector.integrity.CheckpointTopic;
import io.arbitex.recovery.detector.integrity.IntegritySettings;
import io.arbitex.recovery.detector.outage.Heartbeat;
import io.arbitex.recovery.detector.outage.KafkaContact;
import io.arbitex.recovery.detector.outage.OutageSettings;
import io.arbitex.recovery.detector.outage.OutageWatch;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.runtime.StatusServer;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.runtime.notify.Post;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** The detector's process: one observer. Its name must stand among the platform's observers. */
@Command(
    name = "detector",
    description = "Probes the protected components and says on recovery.health what it sees.")
public final class DetectorMain extends ServiceCommand {
  private static final Logger log = LoggerFactory.getLogger(DetectorMain.class);

  private record Settings(
      ComponentWatches.Settings watching, ReceiverSettings receivers, OutageSettings outage) {}

  public static void main(String[] args) {
    main(new DetectorMain(), args);
  }

  @Override
  protected Running start(Path config) throws Exception {
    ServiceConfiguration<Settings> configuration =
        ServiceConfiguration.read(config, DetectorMain::settings);
    List<Inventory.Platform> platforms =
        configuration.inventory().platforms().stream()
            .filter(platform -> platform.observers().contains(configuration.name()))
            .toList();
    if (platforms.isEmpty()) {
      throw new InvalidConfiguration(
          List.of(
              new Problem(
                  config.toString(),
                  0,
                  "name",
                  "'"
                      + configuration.name()
                      + "' is an observer of no platform in the inventory")));
    }
    refuseNamesOfObservers(config, configuration);
    return new Detector(configuration, platforms);
  }

  /** A receiver that is named as an observer would speak in its place. */
  private static void refuseNamesOfObservers(
      Path config, ServiceConfiguration<Settings> configuration) throws InvalidConfiguration {
    ReceiverSettings receivers = configuration.own().receivers();
    List<Problem> problems =
        Stream.concat(
                receivers.from().stream().map(ReceiverSettings.Sender::name),
                receivers.pull().stream().map(ReceiverSettings.Pull::name))
            .filter(
                name ->
                    configuration.inventory().platforms().stream()
                        .anyMatch(platform -> platform.observers().contains(name)))
            .map(
                name ->
                    new Problem(
                        config.toString(),
                        0,
                        "receivers",
                        "'" + name + "' is the name of an observer; give the receiver another"))
            .toList();
    if (!problems.isEmpty()) {
      throw new InvalidConfiguration(problems);
    }
  }

  private static Settings settings(Section root) {
    Section probe = root.section("probe");
    Settings settings =
        new Settings(
            new ComponentWatches.Settings(
                probe.duration("interval", Duration.ofSeconds(1)),
                probe.duration("timeout", Duration.ofSeconds(2)),
                probe.duration("heartbeat", Duration.ofSeconds(10)),
                probe.duration("baselineEvery", Duration.ofMinutes(5)),
                IntegritySettings.read(probe.section("integrity")),
                root.optionalText("witness").flatMap(text -> uri(root, text))),
            ReceiverSettings.read(root.section("receivers")),
            OutageSettings.read(root));
    if (settings.watching().interval().isZero()) {
      probe.problem("interval", "must be more than 0");
    }
    probe.close();
    return settings;
  }

  private static Optional<URI> uri(Section root, String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && uri.getScheme().startsWith("http")) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      log.debug("not an address", e);
    }
    root.problem("witness", "'" + text + "' is no http:// or https:// address");
    return Optional.empty();
  }

  private static final class Detector implements Running {
    private final KafkaClients clients;
    private final Publisher publisher;
    private final Bindings bindings;
    private final KnownKeyspaces backups;
    private final StatusServer status;
    private final List<AutoCloseable> watches = new ArrayList<>();
    private final List<Watch> looking = new CopyOnWriteArrayList<>();
    private final AtomicReference<Optional<String>> sick = new AtomicReference<>(Optional.empty());
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Optional<AlertReceivers> receivers = Optional.empty();
    private final Clock clock = Clock.systemUTC();
    private final KafkaContact contact = new KafkaContact(clock.instant());
    private final OutageWatch outage;
    private final CheckpointMetrics checkpoints;

    Detector(ServiceConfiguration<Settings> configuration, List<Inventory.Platform> platforms)
        throws Exception {
      this.clients = new KafkaClients(configuration.kafka(), configuration.name());
      TopicSetup.ensure(clients);
      SchemaTopic schemas = new SchemaTopic(clients);
      schemas.announce();
      Framing framing = schemas.framing();
      this.publisher = new Publisher(clients, framing, "observer");
      this.bindings = new Bindings(clients, framing);
      bindings.awaitCaughtUp();
      this.backups = new KnownKeyspaces(clients, framing);
      backups.awaitCaughtUp();
      this.status = new StatusServer(configuration.httpPort(), this::sick, this::notes);
      status.showPassedOver(Topic.BINDINGS, bindings::passedOver);
      status.showPassedOver(Topic.BACKUPS, backups::passedOver);
      this.checkpoints = new CheckpointMetrics(status.metrics());
      this.outage =
          new OutageWatch(
              configuration.own().outage(),
              configuration.name(),
              platforms.stream().map(Inventory.Platform::name).toList(),
              configuration.policy().detection().confirmations(),
              contact,
              new Post(),
              status.metrics(),
              clock);
      watches.add(outage);
      ComponentWatches made =
          new ComponentWatches(
              configuration.name(),
              configuration.own().watching(),
              bindings,
              backups,
              new CheckpointTopic(clients, framing),
              clock,
              this::tell,
              this::tell);
      watches.add(made);
      for (Inventory.Platform platform : platforms) {
        made.watchAll(platform);
      }
      looking.addAll(made.looking());
      if (configuration.own().receivers().any()) {
        receivers =
            Optional.of(
                new AlertReceivers(
                    configuration.own().receivers(),
                    configuration.name(),
                    configuration.inventory(),
                    clients,
                    framing,
                    bindings,
                    status.metrics(),
                    clock));
      }
      configuration
          .own()
          .outage()
          .heartbeat()
          .ifPresent(
              settings ->
                  watches.add(
                      new Heartbeat(
                          settings,
                          contact,
                          configuration.own().watching().heartbeat(),
                          this::sick,
                          status.metrics(),
                          clock)));
      log.info("observing as {}; status on port {}", configuration.name(), status.port());
    }

    private Optional<String> sick() {
      return sick.get()
          .or(() -> looking.stream().map(Watch::sick).flatMap(Optional::stream).findFirst())
          .or(() -> receivers.flatMap(AlertReceivers::sick))
          .or(bindings::sick)
          .or(backups::sick);
    }

    private List<String> notes() {
      return receivers.map(AlertReceivers::notes).orElse(List.of());
    }

    private void tell(HealthEvent event) {
      if (event.getConsecutive() == 1) {
        log.info(
            "{} of {} is {} ({}) {}",
            event.getComponent(),
            event.getPlatform(),
            event.getStatus(),
            event.getSymptom(),
            event.getDetail());
      }
      outage.seen(event);
      publish(Topic.HEALTH, event.getPlatform(), event);
    }

    private void tell(Baseline baseline) {
      checkpoints.told(baseline);
      publish(Topic.BASELINES, baseline.getPlatform(), baseline);
    }

    private void publish(Topic topic, String key, SpecificRecordBase value) {
      publisher
          .publish(topic, key, value)
          .whenComplete(
              (metadata, error) -> {
                if (error == null) {
                  contact.acknowledged(clock.instant());
                } else {
                  contact.refused(error.toString());
                }
                Optional<String> now =
                    error == null
                        ? Optional.empty()
                        : Optional.of("cannot publish to " + topic.topicName() + ": " + error);
                Optional<String> before = sick.getAndSet(now);
                if (now.isPresent() && before.isEmpty()) {
                  log.warn(now.get());
                } else if (now.isEmpty() && before.isPresent()) {
                  log.info("publishing again");
                }
              });
    }

    @Override
    public void await() throws InterruptedException {
      ended.await();
    }

    @Override
    public void close() {
      receivers.ifPresent(AlertReceivers::close);
      for (AutoCloseable watch : watches) {
        try {
          watch.close();
        } catch (Exception e) {
          log.warn("while ending", e);
        }
      }
      publisher.close();
      bindings.close();
      backups.close();
      status.close();
      ended.countDown();
    }
  }
}
