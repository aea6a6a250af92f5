package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.schemas.Framing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All receivers of a detector, as its configuration wants them. */
public final class AlertReceivers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertReceivers.class);

  /** Messages that may wait for Kafka; some minutes of a storm of alerts. */
  private static final int MOST_WAITING = 10_000;

  private final KafkaAlertTopics topics;
  private final AlertIntake intake;
  private final Optional<AlertServer> server;
  private final String bind;
  private final List<PullReceiver> pulls;

  /**
   * Starts them.
   *
   * @param service the detector's name
   */
  public AlertReceivers(
      ReceiverSettings settings,
      String service,
      Inventory inventory,
      KafkaClients clients,
      Framing framing,
      Bindings bindings,
      MeterRegistry registry,
      Clock clock) {
    AlertMetrics metrics = new AlertMetrics(registry);
    bind = settings.bind();
    topics = new KafkaAlertTopics(clients, framing, service);
    intake =
        new AlertIntake(
            inventory,
            (platform, component) ->
                bindings.find(platform, component).map(Binding::getEpoch).orElse(0L),
            topics,
            metrics,
            clock,
            MOST_WAITING);
    intake.start();
    server =
        settings.from().isEmpty()
            ? Optional.empty()
            : Optional.of(new AlertServer(settings, intake, metrics, clock, AlertServer.WAIT));
    server.ifPresent(AlertServer::start);
    server.ifPresent(each -> log.info("{}", where(each)));
    pulls =
        settings.pull().stream()
            .map(pull -> new PullReceiver(pull, intake, metrics, clock))
            .toList();
    pulls.forEach(PullReceiver::start);
  }

  /** Why alerts do not come through; empty while they do. */
  public Optional<String> sick() {
    return intake
        .sick()
        .or(() -> pulls.stream().map(PullReceiver::sick).flatMap(Optional::stream).findFirst());
  }

  /** Where alerts are received, for people. */
  public List<String> notes() {
    return Stream.concat(
            server.stream().map(this::where),
            pulls.stream().map(PullReceiver::name).map(name -> "alerts are pulled by " + name))
        .toList();
  }

  private String where(AlertServer each) {
    return "alerts are received at http://" + bind + ":" + each.port() + "/alerts/NAME";
  }

  @Override
  public void close() {
    server.ifPresent(AlertServer::close);
    pulls.forEach(PullReceiver::close);
    intake.close();
    topics.close();
  }
}
