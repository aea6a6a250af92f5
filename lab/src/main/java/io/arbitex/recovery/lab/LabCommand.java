package io.arbitex.recovery.lab;

import io.arbitex.recovery.lab.network.PathState;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabState;
import io.arbitex.recovery.lab.world.LabVolumes;
import io.arbitex.recovery.lab.world.MonitoringRhythm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lab up | down | status | break | kill | start | path}. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    description = "Starts, shows, breaks and ends a lab.",
    synopsisSubcommandLabel = "COMMAND")
final class LabCommand implements Callable<Integer> {
  @Option(
      names = "--folder",
      defaultValue = ".lab",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Where the lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(out());
    return 2;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void say(String line) {
    out().println(line);
    out().flush();
  }

  @Command(name = "up", description = "Starts a lab and returns when all of it is ready.")
  int up(
      @Option(
              names = "--events",
              defaultValue = "100000",
              description = "Audit events to begin with.")
          long events,
      @Option(
              names = "--rate",
              defaultValue = "100",
              description = "Events a second that traffic adds.")
          double rate,
      @Option(names = "--clients", defaultValue = "4", description = "Clients of the platform.")
          int clients,
      @Option(names = "--observers", defaultValue = "3", description = "Detectors.") int observers,
      @Option(
              names = "--backup-every",
              defaultValue = "60",
              description = "Seconds between two backups.")
          long backupEvery,
      @Option(
              names = "--restore-after",
              defaultValue = "5",
              description = "Seconds that the database may be unreachable.")
          double restoreAfter,
      @Option(
              names = "--cooldown",
              defaultValue = "600",
              description = "Seconds between recoveries.")
          long cooldown,
      @Option(names = "--world-only", description = "Without the pipeline's services.")
          boolean worldOnly,
      @Option(
              names = "--monitoring",
              description = "With Prometheus and Alertmanager, whose alerts the observers receive.")
          boolean monitoring,
      @Option(names = "--redis", description = "With the Redis that keeps sessions.") boolean redis,
      @Option(
              names = "--azure",
              description = "With an emulated Azure that has the primary as a flexible server.")
          boolean azure,
      @Option(
              names = "--volumes",
              description = "With the platform's volumes watched and backed up; brings --azure.")
          boolean volumes,
      @Option(
              names = "--watch-cluster",
              description = "With the cluster and the public health watched; brings --azure.")
          boolean clusterWatched,
      @Option(
              names = "--managed-cluster",
              description =
                  "With a cluster that is the emulated Azure's: backed up there, and found by"
                      + " customers through a DNS record; brings --watch-cluster.")
          boolean managedCluster)
      throws IOException, InterruptedException {
    Lab lab = new Lab(folder);
    if (!lab.alive().isEmpty()) {
      return status();
    }
    long begin = System.nanoTime();
    LabState state =
        lab.up(
            parts(worldOnly, monitoring, redis, azure, volumes, clusterWatched, managedCluster)
                .withEvents(events)
                .withRate(rate)
                .withClients(clients)
                .withObservers(observers)
                .withBackupEvery(Duration.ofSeconds(backupEvery))
                .withRestoreAfter(Duration.ofMillis((long) (restoreAfter * 1000)))
                .withCooldown(Duration.ofSeconds(cooldown)),
            line -> say(time(begin) + line));
    say(time(begin) + "the lab is up; everything about it is in " + lab.folder().state());
    say("  platform  " + state.platform());
    say("  kafka     " + state.kafka());
    say("  look into it with: export DR_CONFIG=" + state.file("console"));
    return 0;
  }

  private static LabOptions parts(
      boolean worldOnly,
      boolean monitoring,
      boolean redis,
      boolean azure,
      boolean volumes,
      boolean clusterWatched,
      boolean managedCluster) {
    LabOptions options = worldOnly ? LabOptions.DEFAULT.worldOnly() : LabOptions.DEFAULT;
    options = monitoring ? options.withMonitoring(MonitoringRhythm.TUNED) : options;
    options = redis ? options.withRedis(List.of("redis.aof", "redis.rdb", "redis.cold")) : options;
    options = azure ? options.withAzure() : options;
    options = volumes ? options.withVolumes() : options;
    options = clusterWatched ? options.withClusterWatched() : options;
    return managedCluster ? options.withManagedCluster() : options;
  }

  private static String time(long begin) {
    return "%5.1f s  ".formatted((System.nanoTime() - begin) / 1e9);
  }

  @Command(name = "down", description = "Ends everything that the lab has started.")
  int down() throws IOException, InterruptedException {
    Lab lab = new Lab(folder);
    List<String> ended = lab.down();
    say(ended.isEmpty() ? "nothing was running" : "ended: " + String.join(", ", ended));
    if (!ended.isEmpty()) {
      lab.archiveClasses(this::say);
    }
    return 0;
  }

  @Command(name = "status", description = "Shows what lives; exit status 0 when all of it does.")
  int status() throws IOException {
    Lab lab = new Lab(folder);
    Optional<LabState> state = lab.state();
    if (state.isEmpty()) {
      say("no lab in " + lab.folder().root());
      return 3;
    }
    List<String> alive = lab.alive();
    List<String> names = new ArrayList<>(state.get().processes().keySet());
    state.get().servers().keySet().forEach(server -> names.add("postgresql-" + server));
    alive.stream()
        .filter(each -> each.startsWith(Lab.POD) || each.startsWith(Lab.CLUSTER))
        .forEach(names::add);
    for (String name : names) {
      say("  %-36s %s".formatted(name, alive.contains(name) ? "alive" : "dead"));
    }
    if (alive.isEmpty()) {
      say("the lab of " + state.get().startedAt() + " has ended");
      return 3;
    }
    say("  platform " + state.get().platform() + ", kafka " + state.get().kafka());
    say("  started " + state.get().startedAt() + (state.get().ready() ? "" : ", never got ready"));
    return alive.containsAll(names) ? 0 : 1;
  }

  @Command(name = "break", description = "Breaks something in a running lab.")
  int breakIt(
      @Parameters(
              paramLabel = "WHAT",
              description =
                  "postgresql-lost: kills the server and deletes its data;"
                      + " postgresql-killed: kills it, its data stays;"
                      + " postgresql-stopped: stops it in an orderly way;"
                      + " bad-release, good-release: rolls a release out that damages the database, and back;"
                      + " pvc-lost: deletes a volume and its disk;"
                      + " aks-unreachable: kills the cluster that is Azure's, and all in it;"
                      + " redis-lost: empties Redis' data folder and kills it;"
                      + " redis-volume-lost: deletes its volume and its disk;"
                      + " redis-flushed: FLUSHALL;"
                      + " redis-degraded: its background saves fail; redis-mended: they work again.")
          String what,
      @Option(names = "--server", defaultValue = "primary") String server,
      @Option(
              names = "--volume",
              defaultValue = "audit-buffer",
              description = "pvc-lost: audit-buffer, db-data or redis-data.")
          String volume)
      throws IOException, InterruptedException {
    Lab lab = new Lab(folder);
    switch (what) {
      case "postgresql-lost" -> lab.destroyPostgresql(server);
      case "postgresql-killed" -> lab.killPostgresql(server);
      case "postgresql-stopped" -> lab.stopPostgresql(server);
      case "bad-release" -> lab.releases().rollOutBad();
      case "good-release" -> lab.releases().rollBack();
      case "pvc-lost" -> lab.volumes().lose(LabVolumes.claim(volume));
      case "aks-unreachable" -> lab.clusters().lose();
      case "redis-lost" -> lab.redis().destroy();
      case "redis-volume-lost" -> lab.volumes().lose(LabVolumes.claim("redis-data"));
      case "redis-flushed" -> lab.redis().flush();
      case "redis-degraded" -> lab.redis().failSaves();
      case "redis-mended" -> lab.redis().mendSaves();
      default ->
          throw new CommandLine.ParameterException(
              spec.commandLine(), "'" + what + "' is none of those that --help lists");
    }
    say(what + ": done" + (what.startsWith("postgresql-") ? " to " + server : ""));
    return 0;
  }

  @Command(name = "kill", description = "kill -9 of one process of the lab, or of a pod.")
  int kill(@Parameters(paramLabel = "PROCESS") String process)
      throws IOException, InterruptedException {
    new Lab(folder).kill(process);
    say(process + ": killed");
    return 0;
  }

  @Command(name = "start", description = "Starts a process again that has ended.")
  int start(@Parameters(paramLabel = "PROCESS") String process)
      throws IOException, InterruptedException {
    Lab lab = new Lab(folder);
    if (process.startsWith("postgresql-")) {
      lab.startPostgresql(process.substring("postgresql-".length()));
    } else {
      lab.start(process);
    }
    say(process + ": started");
    return 0;
  }

  @Command(name = "path", description = "Cuts or restores a network path of an observer.")
  int path(
      @Parameters(paramLabel = "PATH", description = "OBSERVER-to-SERVER or OBSERVER-to-witness")
          String path,
      @Parameters(paramLabel = "STATE", description = "open, refused or black-hole") String state)
      throws IOException, InterruptedException {
    new Lab(folder).network().set(path, PathState.of(state));
    say(path + ": " + state);
    return 0;
  }
}
