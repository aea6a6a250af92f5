package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Problem;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.KillSwitch;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.runtime.StatusServer;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.runtime.TopicView;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Keys;
import io.arbitex.recovery.schemas.Topic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The process that takes backups and publishes restore points. */
@Command(
    name = "backup",
    description = "Backs up the protected databases and publishes restore points.")
public final class BackupMain extends ServiceCommand {
  private static final Logger log = LoggerFactory.getLogger(BackupMain.class);
  private static final Duration LIMIT = Duration.ofHours(2);

  @Option(
      names = "--every",
      converter = TimeConverter.class,
      defaultValue = "2h",
      description = "Time between two backups, such as 30m or 2h (default: ${DEFAULT-VALUE}).")
  private Duration every;

  @Option(names = "--once", description = "Takes one backup of each database and ends.")
  private boolean once;

  @Option(names = "--platform", description = "Only this platform; else all of the inventory.")
  private String platform;

  @Option(
      names = "--keep",
      defaultValue = "84",
      description = "Restore points that are kept of each database (default: ${DEFAULT-VALUE}).")
  private int keep;

  /** A number and ms, s, m, h or d. */
  static final class TimeConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      String unit = value.replaceFirst("^\\d+", "");
      try {
        long amount = Long.parseLong(value.substring(0, value.length() - unit.length()));
        Duration time =
            switch (unit) {
              case "ms" -> Duration.ofMillis(amount);
              case "s" -> Duration.ofSeconds(amount);
              case "m" -> Duration.ofMinutes(amount);
              case "h" -> Duration.ofHours(amount);
              case "d" -> Duration.ofDays(amount);
              default -> Duration.ZERO;
            };
        if (time.compareTo(Duration.ofSeconds(1)) >= 0) {
          return time;
        }
      } catch (NumberFormatException | ArithmeticException e) {
        log.debug("not a time", e);
      }
      throw new TypeConversionException(
          "'" + value + "' is no time of at least 1s, such as 30s, 30m, 2h, 1d");
    }
  }

  public static void main(String[] args) {
    main(new BackupMain(), args);
  }

  @Override
  protected Running start(Path config) throws Exception {
    ServiceConfiguration<Boolean> configuration =
        ServiceConfiguration.read(config, section -> true);
    List<Inventory.Platform> platforms =
        configuration.inventory().platforms().stream()
            .filter(each -> platform == null || each.name().equals(platform))
            .toList();
    if (platforms.isEmpty()) {
      throw new InvalidConfiguration(
          List.of(
              new Problem(
                  "--platform", 0, "", "'" + platform + "' is no platform of the inventory")));
    }
    KafkaClients clients = new KafkaClients(configuration.kafka(), configuration.name());
    TopicSetup.ensure(clients);
    SchemaTopic schemas = new SchemaTopic(clients);
    schemas.announce();
    return new Backups(configuration, platforms, clients, schemas.framing());
  }

  private final class Backups implements Running {
    private final Publisher publisher;
    private final Bindings bindings;
    private final TopicView<RestorePoint> published;
    private final StatusServer status;
    private final List<BackupSchedule> schedules = new ArrayList<>();
    private final List<PostgresqlBackup> running = new ArrayList<>();
    private final List<Path> folders = new ArrayList<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Optional<String> sick = Optional.of("starting");

    Backups(
        ServiceConfiguration<Boolean> configuration,
        List<Inventory.Platform> platforms,
        KafkaClients clients,
        Framing framing)
        throws Exception {
      publisher = new Publisher(clients, framing, "restore-points");
      bindings = new Bindings(clients, framing);
      published =
          new TopicView<>(
              clients, framing, Topic.BACKUPS, RestorePoint.class, (key, point) -> known.add(key));
      bindings.awaitCaughtUp();
      published.awaitCaughtUp();
      status = new StatusServer(configuration.httpPort(), () -> sick);
      KillSwitch killSwitch = new KillSwitch(configuration.killSwitch());
      for (Inventory.Platform each : platforms) {
        for (Inventory.Component component : each.components()) {
          component.postgresql().ifPresent(found -> schedule(each, component, found, killSwitch));
        }
      }
      log.info("{} databases, every {}; status on port {}", schedules.size(), every, status.port());
    }

    private void schedule(
        Inventory.Platform of,
        Inventory.Component component,
        Inventory.Postgresql settings,
        KillSwitch killSwitch) {
      PostgresqlBackup backup = new PostgresqlBackup(settings.tools(), Clock.systemUTC(), LIMIT);
      running.add(backup);
      folders.addAll(settings.backups());
      schedules.add(
          new BackupSchedule(
              of,
              component,
              settings,
              () -> bindings.database(of.name(), component.name(), settings),
              backup,
              new Retention(keep),
              killSwitch,
              every,
              System::nanoTime,
              this::publish,
              () -> stopping.getCount() == 0));
    }

    @Override
    public void await() throws InterruptedException {
      publishUnknown();
      while (stopping.getCount() > 0) {
        for (BackupSchedule schedule : schedules) {
          schedule.turn();
        }
        sick = schedules.stream().flatMap(each -> each.failure().stream()).findFirst();
        if (once) {
          sick.ifPresent(
              why -> {
                throw new IllegalStateException(why);
              });
          return;
        }
        if (stopping.await(500, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }

    /** What lies in the folders but was never told, since Kafka was away or is new. */
    private void publishUnknown() {
      for (RestorePointManifest.Found found : RestorePointManifest.list(folders).restorePoints()) {
        RestorePoint point = found.point();
        if (known.add(Keys.of(point.getPlatform(), point.getId()))) {
          publish(point);
        }
      }
    }

    private void publish(RestorePoint point) {
      String key = Keys.of(point.getPlatform(), point.getId());
      try {
        publisher.publish(Topic.BACKUPS, key, point).join();
        known.add(key);
      } catch (CompletionException e) {
        // The dump is what counts; it is told again at the next start.
        log.error("restore point {} cannot be published", point.getId(), e.getCause());
      }
    }

    @Override
    public void close() {
      stopping.countDown();
      running.forEach(PostgresqlBackup::cancel);
      published.close();
      publisher.close();
      bindings.close();
      status.close();
    }
  }
}
