package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.kubernetes.ClusterGreeting;
import io.arbitex.recovery.runtime.BaselineHistory;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.runtime.StatusServer;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** The verifier's process. */
@Command(
    name = "verifier",
    description = "Proves recoveries, and publishes phase metrics and the measured loss.")
public final class VerifierMain extends ServiceCommand {
  private static final Logger log = LoggerFactory.getLogger(VerifierMain.class);
  private static final long RESTART_MILLIS = 1_000;

  public static void main(String[] args) {
    main(new VerifierMain(), args);
  }

  @Override
  protected Running start(Path config) throws Exception {
    ServiceConfiguration<Integer> configuration =
        ServiceConfiguration.read(config, section -> section.integer("chainThreads", 2, 1, 64));
    KafkaClients clients = new KafkaClients(configuration.kafka(), configuration.name());
    TopicSetup.ensure(clients);
    SchemaTopic schemas = new SchemaTopic(clients);
    schemas.announce();
    return new Verifier(configuration, clients, schemas.framing());
  }

  private static final class Verifier implements Running {
    private final ServiceConfiguration<Integer> configuration;
    private final KafkaClients clients;
    private final Framing framing;
    private final RestorePoints restorePoints;
    private final Bindings bindings;
    private final StatusServer status;
    private final Counter deadLetters;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private volatile Optional<String> sick = Optional.empty();
    private volatile VerificationLoop loop;

    Verifier(ServiceConfiguration<Integer> configuration, KafkaClients clients, Framing framing)
        throws IOException {
      this.configuration = configuration;
      this.clients = clients;
      this.framing = framing;
      this.restorePoints = new RestorePoints(clients, framing);
      this.bindings = new Bindings(clients, framing);
      this.status = new StatusServer(configuration.httpPort(), () -> sick.or(restorePoints::sick));
      this.deadLetters =
          Counter.builder("recovery.verifier.dead.letters")
              .description("Commands and ends of incidents that could not be believed")
              .register(status.metrics());
      status.showPassedOver(Topic.BACKUPS, restorePoints::passedOver);
      status.showPassedOver(Topic.BINDINGS, bindings::passedOver);
      log.info("verifying as {}; status on port {}", configuration.name(), status.port());
    }

    /** Runs the loop, and a new one when Kafka threw: uncommitted work is read again. */
    @Override
    public void await() throws Exception {
      Clock clock = Clock.systemUTC();
      Suite suite =
          new Suite(
              configuration.inventory(),
              restorePoints::find,
              new LossProbe(new BaselineHistory(clients, framing), configuration.policy(), clock)
                  ::measure,
              configuration.own(),
              clock);
      // By the bindings: a suite goes by its command, but a wrong way is to be told by day.
      ClusterGreeting.start(
          configuration.inventory(),
          platform -> {
            bindings.awaitCaughtUp();
            return suite.at(platform, bindings.cluster(platform));
          });
      while (running.get()) {
        loop =
            new VerificationLoop(
                clients,
                framing,
                suite,
                configuration.policy(),
                clock,
                configuration.name(),
                deadLetters::increment);
        try {
          loop.run();
        } catch (KafkaException e) {
          sick = Optional.of(e.toString());
          log.warn("beginning anew after {}", e.toString());
          Thread.sleep(RESTART_MILLIS);
        }
        sick = Optional.empty();
      }
    }

    @Override
    public void close() {
      running.set(false);
      VerificationLoop current = loop;
      if (current != null) {
        current.close();
      }
      restorePoints.close();
      bindings.close();
      status.close();
    }
  }
}
