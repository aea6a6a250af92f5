package io.arbitex.recovery.backup;

import io.arbitex.recovery.azure.BoundClusters;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Problem;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.HttpPort;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.KillSwitch;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.runtime.StatusServer;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The process that takes backups and publishes restore points. */
@Command(
    name = "backup",
    description = "Backs up the protected stores and publishes restore points.")
public final class BackupMain extends ServiceCommand {
  private static final Logger log = LoggerFactory.getLogger(BackupMain.class);
  private static final Duration LIMIT = Duration.ofHours(2);

  /** Longer than Azure takes with a token that has to be fetched first. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

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

  @Option(names = "--component", description = "Only this component; else all stores.")
  private String component;

  @Option(
      names = "--split-over",
      converter = SizeConverter.class,
      description =
          "Rows of tables larger than this, such as 256MB or 4GB, are dumped into files of their own"
              + " beside the dump, so that several sessions can restore them (default: never)."
              + " Such a dump is named .split.dump. Only the procedure postgresql.dump restores it:"
              + " pg_restore alone leaves those tables empty and ends with 0.")
  private Long splitOver;

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

  /** A number and MB or GB, in powers of 1024. */
  static final class SizeConverter implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(MB|GB)");

    @Override
    public Long convert(String value) {
      Matcher matcher = SIZE.matcher(value);
      if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
        throw new TypeConversionException("'" + value + "' is no size such as 256MB or 4GB");
      }
      return Long.parseLong(matcher.group(1)) << (matcher.group(2).equals("MB") ? 20 : 30);
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
    private final PublishedPoints published;
    private final Bindings bindings;
    private final StatusServer status;
    private final List<StoreBackups> stores = new ArrayList<>();
    private final BoundClusters clusters = new BoundClusters(PATIENCE);
    private volatile boolean stopping;

    Backups(
        ServiceConfiguration<Boolean> configuration,
        List<Inventory.Platform> platforms,
        KafkaClients clients,
        Framing framing)
        throws Exception {
      published = new PublishedPoints(clients, framing);
      bindings = new Bindings(clients, framing);
      bindings.awaitCaughtUp();
      published.awaitCaughtUp();
      // One backup by hand runs beside the service, whose port is taken.
      status = new StatusServer(once ? HttpPort.free() : configuration.httpPort(), this::sick);
      status.showPassedOver(Topic.BINDINGS, bindings::passedOver);
      status.showPassedOver(Topic.BACKUPS, published::passedOver);
      KillSwitch killSwitch = configuration.killSwitch();
      for (Inventory.Platform each : platforms) {
        for (Inventory.Component found : each.components()) {
          if (component == null || found.name().equals(component)) {
            found.postgresql().ifPresent(settings -> add(each, found, settings, killSwitch));
            found.redis().ifPresent(settings -> add(each, found, settings, killSwitch));
            found.volume().ifPresent(settings -> add(each, found, settings, killSwitch));
          }
        }
      }
      if (stores.isEmpty()) {
        close();
        throw new InvalidConfiguration(
            List.of(
                new Problem(
                    "--component",
                    0,
                    "",
                    "no component of the inventory that can be backed up is named so")));
      }
      log.info("{} stores, every {}; status on port {}", stores.size(), every, status.port());
    }

    private void add(
        Inventory.Platform of,
        Inventory.Component found,
        Inventory.Postgresql settings,
        KillSwitch killSwitch) {
      PostgresqlBackup backup =
          splitOver == null
              ? new PostgresqlBackup(settings.tools(), Clock.systemUTC(), LIMIT)
              : new PostgresqlBackup(settings.tools(), Clock.systemUTC(), LIMIT, splitOver);
      schedule(
          of,
          found,
          folders(of, found, settings.backups()),
          () -> {
            Bindings.Database now = bindings.database(of.name(), found.name(), settings);
            return new BackupSchedule.Bound(
                now.resource(),
                now.epoch(),
                () ->
                    backup.take(PostgresqlBackup.Order.of(of.name(), found.name(), settings, now)));
          },
          killSwitch,
          backup::cancel);
    }

    private void add(
        Inventory.Platform of, Inventory.Component found, Redis settings, KillSwitch killSwitch) {
      RedisBackup backup = new RedisBackup(settings, Clock.systemUTC(), LIMIT);
      schedule(
          of,
          found,
          folders(of, found, settings.backups()),
          () -> {
            bindings.throwIfInDoubt(of.name(), found.name());
            Optional<Binding> bound = bindings.find(of.name(), found.name());
            return new BackupSchedule.Bound(
                bound.map(Binding::getResource).orElse(settings.resource()),
                bound.map(Binding::getEpoch).orElse(0L),
                () -> backup.take(of.name(), found.name()));
          },
          killSwitch,
          backup::cancel);
    }

    private void add(
        Inventory.Platform of, Inventory.Component found, Volume settings, KillSwitch killSwitch) {
      VolumeBackup backup = VolumeBackup.of(of, found.name(), settings, Clock.systemUTC(), LIMIT);
      schedule(
          of,
          found,
          backup.shelf(keep),
          () -> {
            bindings.throwIfInDoubt(of.name(), found.name());
            Optional<Binding> bound = bindings.find(of.name(), found.name());
            Kubernetes cluster = cluster(of);
            return new BackupSchedule.Bound(
                bound.map(Binding::getResource).orElse(settings.claim()),
                bound.map(Binding::getEpoch).orElse(0L),
                () -> backup.take(cluster));
          },
          killSwitch,
          backup::cancel);
    }

    /** The cluster that the platform's claims are in now. */
    private Kubernetes cluster(Inventory.Platform of) {
      Optional<Bindings.ManagedCluster> now = bindings.cluster(of);
      return clusters
          .follow(
              of,
              now.map(Bindings.ManagedCluster::resource),
              now.flatMap(Bindings.ManagedCluster::group))
          .kubernetes()
          .orElseThrow();
    }

    private Shelf folders(Inventory.Platform of, Inventory.Component found, List<Path> folders) {
      return new FolderShelf(of.name(), found.name(), folders, new Retention(keep));
    }

    private void schedule(
        Inventory.Platform of,
        Inventory.Component found,
        Shelf shelf,
        Supplier<BackupSchedule.Bound> bound,
        KillSwitch killSwitch,
        Runnable cancel) {
      BackupSchedule schedule =
          new BackupSchedule(
              of.name(),
              found.name(),
              shelf,
              bound,
              killSwitch,
              every,
              System::nanoTime,
              published::publish,
              () -> stopping);
      stores.add(new StoreBackups(of.name(), found.name(), shelf, schedule, cancel, published));
    }

    private Optional<String> sick() {
      return stores.stream()
          .flatMap(each -> each.sick().stream())
          .findFirst()
          .or(bindings::sick)
          .or(published::sick);
    }

    @Override
    public void await() throws InterruptedException {
      stores.forEach(each -> each.begin(once));
      for (StoreBackups each : stores) {
        each.awaitEnd();
      }
      if (once && !stopping) {
        stores.stream()
            .flatMap(each -> each.failure().stream())
            .findFirst()
            .ifPresent(
                why -> {
                  throw new IllegalStateException(why);
                });
      }
    }

    @Override
    public void close() {
      stopping = true;
      stores.forEach(StoreBackups::end);
      published.close();
      bindings.close();
      status.close();
    }
  }
}
