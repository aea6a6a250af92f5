package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.lab.drill.Calm;
import io.arbitex.recovery.lab.drill.Watcher;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.MonitoringRhythm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From kill -9 of the database server to the first message to people and the first action of an
 * executor, beside Prometheus and Alertmanager on the same fault: to the webhook at a plain HTTP
 * receiver. First with the lab's restoreAfter, then with none. The pipeline checks all and changes
 * nothing (dry-run), and the server is started again after each fault.
 */
@Command(
    name = "detection",
    mixinStandardHelpOptions = true,
    description = "Fault → page and first action, beside Prometheus + Alertmanager → webhook.")
final class DetectionBenchmark implements Callable<Integer> {
  private static final int EVENTS = 20_000;

  @Option(
      names = "--runs",
      defaultValue = "10",
      description = "Faults, for each restoreAfter (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--defaults-runs",
      defaultValue = "3",
      description =
          "Of the first ones, how many with Prometheus and Alertmanager by default besides, up to"
              + " 3 min each (default: ${DEFAULT-VALUE}).")
  private int defaultsRuns;

  @Option(
      names = "--folder",
      defaultValue = ".lab-bench",
      description = "Where its lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  private final SplittableRandom random = new SplittableRandom(1);

  @Override
  public Integer call() throws Exception {
    List<String> missing = Lab.missingForMonitoring();
    if (!missing.isEmpty()) {
      System.err.println("not installed: " + String.join(" ", missing));
      return 2;
    }
    Lab lab = new Lab(folder);
    BenchLab.endAtExit(lab);
    List<DetectionRun.Times> waiting = new ArrayList<>();
    List<DetectionRun.Times> atOnce = new ArrayList<>();
    Duration restoreAfter = LabOptions.DEFAULT.restoreAfter();
    try (WebhookSink sink = new WebhookSink()) {
      measure(lab, sink, restoreAfter, Math.min(runs, defaultsRuns), waiting);
      measure(lab, sink, Duration.ZERO, 0, atOnce);
    }
    report(restoreAfter, waiting, atOnce);
    return 0;
  }

  private void measure(
      Lab lab,
      WebhookSink sink,
      Duration restoreAfter,
      int withDefaults,
      List<DetectionRun.Times> times)
      throws Exception {
    lab.up(
        LabOptions.DEFAULT.withEvents(EVENTS).withRestoreAfter(restoreAfter).withDryRun(),
        line -> System.err.println("  " + line));
    lab.startMonitoring(
        DetectionRun.TUNED, MonitoringRhythm.TUNED, sink.address(DetectionRun.TUNED));
    try (Watcher watcher = new Watcher(lab.requireState().kafka(), Lab.PARTITIONS, value -> {})) {
      Calm.await(lab, watcher);
      DetectionRun run = new DetectionRun(lab, watcher, sink);
      for (int i = 0; i < runs; i++) {
        boolean defaults = i < withDefaults;
        if (defaults) {
          // New each time: a group that Alertmanager still remembers is told later, not sooner.
          lab.startMonitoring(
              DetectionRun.DEFAULTS,
              MonitoringRhythm.DEFAULTS,
              sink.address(DetectionRun.DEFAULTS));
        }
        // Out of step with everything that looks once a second.
        TimeUnit.MILLISECONDS.sleep(random.nextLong(1_000));
        times.add(run.measure(defaults));
        if (defaults) {
          lab.endMonitoring(DetectionRun.DEFAULTS);
        }
        System.err.printf(
            "  restoreAfter %.0f s, run %d: %s%n",
            restoreAfter.toMillis() / 1e3, i + 1, times.get(i).line());
      }
    }
    lab.down();
  }

  private static void report(
      Duration restoreAfter, List<DetectionRun.Times> waiting, List<DetectionRun.Times> atOnce) {
    double policy = restoreAfter.toMillis() / 1e3;
    List<DetectionRun.Times> all = new ArrayList<>(waiting);
    all.addAll(atOnce);
    System.out.printf(
        "%-58s %4s %8s %8s%n",
        "seconds from kill -9 of the database server", "n", "median", "worst");
    row("pipeline: first page", all.stream().map(DetectionRun.Times::page).toList());
    row(
        "pipeline: first executor action, restoreAfter 0 s",
        atOnce.stream().map(DetectionRun.Times::action).toList());
    row(
        "pipeline: first executor action, restoreAfter %.0f s".formatted(policy),
        waiting.stream().map(DetectionRun.Times::action).toList());
    row(
        "Prometheus + Alertmanager 1 s, 1 s, 0 s, 0 s: webhook",
        all.stream().map(DetectionRun.Times::tuned).toList());
    row(
        "Prometheus + Alertmanager by default: webhook",
        waiting.stream().map(DetectionRun.Times::defaults).flatMap(Optional::stream).toList());
    System.out.printf(
        "of the action after restoreAfter %.0f s, %.1f s are that wait, which the policy wants%n",
        policy, policy);
    System.out.println(
        "1 s, 1 s, 0 s, 0 s: scrape, evaluation, for, group_wait; by default 60 s, 60 s, 0 s, 30 s");
  }

  private static void row(String name, List<Double> seconds) {
    if (!seconds.isEmpty()) {
      Pairs pairs = new Pairs(name, seconds);
      System.out.printf(
          "%-58s %4d %8.2f %8.2f%n",
          name,
          seconds.size(),
          pairs.median(),
          seconds.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }
  }
}
