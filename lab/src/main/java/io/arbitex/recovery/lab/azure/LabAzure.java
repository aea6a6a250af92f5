package io.arbitex.recovery.lab.azure;

import io.arbitex.recovery.lab.azure.postgresql.Programs;
import io.arbitex.recovery.lab.azure.servers.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The process of the lab's Azure. TERM ends it, and all its PostgreSQL servers; KILL only it. */
@Command(
    name = "lab-azure",
    description = "An emulated Azure: flexible servers are PostgreSQL servers of this machine.")
public final class LabAzure implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(LabAzure.class);

  @Option(names = "--port", required = true, description = "of the resource manager; 0 for any")
  private int port;

  @Option(names = "--control-port", required = true, description = "for drills; 0 for any")
  private int controlPort;

  @Option(
      names = "--state-folder",
      required = true,
      description = "servers, their data, operations, token; taken up if it is there")
  private Path stateFolder;

  @Option(names = "--postgresql", required = true, description = "the folder that has initdb")
  private Path tools;

  @Option(names = "--https", description = "with a certificate of its own, and a bearer token")
  private boolean secure;

  @Option(
      names = "--subscription",
      defaultValue = "00000000-0000-0000-0000-000000000001",
      description = "its id (default: ${DEFAULT-VALUE})")
  private String subscription;

  @Option(
      names = "--resource-group",
      required = true,
      description = "one that is there; may stand several times")
  private Set<String> resourceGroups;

  @Option(
      names = "--server-port",
      defaultValue = "5432",
      description = "of all PostgreSQL servers; each has an address of its own (default: 5432)")
  private int serverPort;

  @Option(
      names = "--retry-after-seconds",
      defaultValue = "1",
      description = "what clients are told to wait between two looks (default: 1)")
  private int retryAfterSeconds;

  @Option(
      names = "--operation-retention-seconds",
      defaultValue = "86400",
      description = "after their end operations are forgotten (default: a day)")
  private long retentionSeconds;

  @Option(
      names = "--archive-timeout-seconds",
      defaultValue = "5",
      description = "after which write-ahead log is archived, full or not (default: 5)")
  private int archiveSeconds;

  @Option(
      names = "--archive-limit-seconds",
      defaultValue = "20",
      description = "how long a restore waits for the source's archive (default: 20)")
  private long archiveLimitSeconds;

  @Mixin private InventoryOptions inventory;

  /** Starts the process. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LabAzure()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Path state = stateFolder.toAbsolutePath().normalize();
    Files.createDirectories(
        state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Settings settings =
        new Settings(
            subscription,
            resourceGroups,
            state,
            tools.toAbsolutePath(),
            Programs.version(tools.toAbsolutePath()),
            serverPort,
            archiveSeconds,
            Duration.ofSeconds(archiveLimitSeconds));
    try (Cloud cloud =
            new Cloud(
                port,
                secure,
                Math.max(1, retryAfterSeconds),
                Duration.ofSeconds(retentionSeconds),
                settings,
                inventory.inventory(resourceGroups),
                Clock.systemUTC());
        ControlServer control = new ControlServer(controlPort, cloud, ended::countDown)) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    ended.countDown();
                    awaitQuietly(closed, main);
                  },
                  "azure-shutdown"));
      cloud.start();
      control.start();
      log.info(
          "the resource manager is at {}, control on port {}", cloud.address(), control.port());
      ended.await();
    } finally {
      closed.countDown();
    }
    return 0;
  }

  /** The virtual machine must not go before the PostgreSQL servers have. */
  private static void awaitQuietly(CountDownLatch closed, Thread main) {
    try {
      while (main.isAlive() && closed.getCount() > 0) {
        closed.await(100, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
