package io.arbitex.recovery.lab.drill;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.arbitex.recovery.console.report.FinalTable;
import io.arbitex.recovery.console.report.Lines;
import io.arbitex.recovery.console.report.MarkdownReport;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabState;
import io.arbitex.recovery.lab.world.LabVolumes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dr drill SCENARIO}: lab up, break it, watch, prove, report, lab down. */
@Command(
    name = "drill",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a disaster and its recovery on this machine, live.",
      "Exit status 0 only if the outcome is what the scenario demands.",
      "Scenarios: postgresql-lost; alert-only (the observers are blind, an alert alone tells);",
      "postgresql-returns (the lost server comes back during restore, cutover, and after it);",
      "false-alarm (nothing is lost: an observer is cut off, then the cluster's API from all);",
      "aks-unreachable (the cluster and all in it are gone: a new one takes its place);",
      "aks-gone (so are its backups and the database: rebuilt from the chart, then the database);",
      "everything (the database, a volume, Redis and the cluster at once; see --parallel);",
      "pvc-lost (a volume and its disk are gone; --volume names which);",
      "redis-lost (it comes back empty); redis-volume-lost (its volume is gone: it gets a new one);",
      "redis-flushed (FLUSHALL, put back by approval);",
      "redis-degraded (it cannot save: told, and nothing restored)."
    })
public final class DrillCommand implements Callable<Integer> {

  @Parameters(paramLabel = "SCENARIO", description = "What is to happen.")
  private String scenario;

  @Option(
      names = "--folder",
      defaultValue = ".lab",
      description = "Where the lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--events",
      defaultValue = "100000",
      description = "Audit events to begin with (default: ${DEFAULT-VALUE}).")
  private long events;

  @Option(
      names = "--restore-after",
      defaultValue = "5",
      description =
          "Seconds that the database may be unreachable before a restore (default: ${DEFAULT-VALUE}).")
  private double restoreAfter;

  @Option(
      names = "--limit",
      description =
          "Seconds from the break to the end (default: 180; pvc-lost: 300, aks-gone: 480, everything: 600).")
  private Long limit;

  @Option(
      names = "--volume",
      defaultValue = VolumeLost.USUAL,
      description =
          "pvc-lost: the volume, audit-buffer, db-data or redis-data (default: ${DEFAULT-VALUE}).")
  private String volume;

  @Option(
      names = "--parallel",
      description = "The policy lets steps that do not need each other run side by side.")
  private boolean parallel;

  @Option(
      names = "--approval",
      description = "everything: the policy lets nothing be cut over at P0 until a person agrees.")
  private boolean approval;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the result as JSON.")
  private Path json;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Writes the report there (default: report in the lab's folder).")
  private Path report;

  @Option(
      names = "--chaos",
      paramLabel = "SEED",
      description = "Kills processes on the way, drawn from the seed.")
  private Long chaos;

  @Option(names = "--keep", description = "Leaves the lab running.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    Optional<Scenario> named = Scenario.of(scenario);
    if (named.isEmpty()) {
      System.err.println("no scenario '" + scenario + "'; there are: " + Scenario.words());
      return 2;
    }
    try {
      LabVolumes.claim(volume);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 2;
    }
    if (!volume.equals(VolumeLost.USUAL) && named.get() != Scenario.PVC_LOST) {
      System.err.println("--volume is for the drill " + Scenario.PVC_LOST.word());
      return 2;
    }
    if (approval && named.get() != Scenario.EVERYTHING) {
      System.err.println("--approval is for the drill " + Scenario.EVERYTHING.word());
      return 2;
    }
    long begin = System.nanoTime();
    Lab lab = new Lab(folder);
    if (!lab.alive().isEmpty()) {
      System.err.println(
          "a lab runs in " + lab.folder().root() + "; end it with `dr lab down`, or use --folder");
      return 1;
    }
    Consumer<String> say = System.out::println;
    Thread hook = new Thread(() -> end(lab), "lab-down");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      LabOptions options =
          named
              .get()
              .world(
                  LabOptions.DEFAULT
                      .withEvents(events)
                      .withRestoreAfter(Duration.ofMillis((long) (restoreAfter * 1_000))));
      LabState state = lab.up(choices().of(options), say);
      System.out.printf("the lab is up after %.1f s%n", seconds(begin));
      DrillResult result = drill(lab, state, named.get(), say);
      write(lab, result);
      tell(lab, result, begin);
      return result.passed() ? 0 : 1;
    } finally {
      if (keep) {
        System.out.println("the lab is left running; end it with `dr lab down`");
        Runtime.getRuntime().removeShutdownHook(hook);
      } else {
        Runtime.getRuntime().removeShutdownHook(hook);
        end(lab);
        lab.archiveClasses(say);
      }
    }
  }

  private DrillResult drill(Lab lab, LabState state, Scenario named, Consumer<String> say)
      throws Exception {
    Lines lines = new Lines();
    List<CrashPlan.Kill> kills = chaos == null ? List.of() : CrashPlan.drawn(chaos);
    if (chaos != null) {
      System.out.println("chaos seed " + chaos + ": " + kills);
    }
    try (CrashPlan crashes = new CrashPlan(lab, kills, what -> say.accept("*** " + what + " ***"));
        Watcher watcher =
            new Watcher(
                state.kafka(),
                Lab.PARTITIONS,
                value -> {
                  crashes.see(value);
                  lines.of(value).ifPresent(say);
                })) {
      return named.disaster(lab, watcher, limit(named), say, choices()).run(crashes);
    }
  }

  private Choices choices() {
    return new Choices(volume, parallel, approval);
  }

  private Duration limit(Scenario scenario) {
    return limit == null ? scenario.limit() : Duration.ofSeconds(limit);
  }

  private void write(Lab lab, DrillResult result) throws IOException {
    Path target = report == null ? lab.folder().root().resolve("report") : report;
    Files.createDirectories(target);
    Files.writeString(
        target.resolve(scenario + ".md"),
        MarkdownReport.of(result.records(), result.summary()),
        StandardCharsets.UTF_8);
    byte[] bytes =
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(result);
    Files.write(target.resolve(scenario + ".json"), bytes);
    if (json != null) {
      Files.write(json, bytes);
    }
    System.out.println();
    System.out.println("report: " + target.resolve(scenario + ".md"));
  }

  private static void tell(Lab lab, DrillResult result, long begin) {
    System.out.println();
    FinalTable.lines(result.summary()).forEach(System.out::println);
    if (result.truth() != null) {
      System.out.printf(
          "  the traffic's own record: %d acknowledged before the break, %d of them lost, %d of those from before the restore point%n",
          result.truth().acknowledged(), result.truth().lost(), result.truth().lostBefore());
      System.out.println("  databases made: " + result.truth().databases());
    }
    if (result.sessions() != null) {
      System.out.println("  the clients' own record: " + result.sessions().line());
    }
    System.out.printf(
        "  decisions replayed from the log: %d, identical: %d%n",
        result.replayed(), result.replayedIdentically());
    result.chaos().forEach(what -> System.out.println("  " + what));
    System.out.println();
    result.failures().forEach(failure -> System.out.println("  " + failure));
    System.out.printf(
        "%s after %.1f s in all (logs in %s)%n",
        result.passed() ? "PASSED" : "FAILED", seconds(begin), lab.folder().root().resolve("logs"));
  }

  private static void end(Lab lab) {
    try {
      lab.down();
    } catch (IOException e) {
      System.err.println("the lab could not be ended: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
