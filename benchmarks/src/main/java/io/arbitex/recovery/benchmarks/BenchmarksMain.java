package io.arbitex.recovery.benchmarks;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the pipeline beside plain alternatives, in the same run.",
      "Without a command: all of them, shorter than by default, and what they say together at the end."
    },
    subcommands = {
      LatencyBenchmark.class,
      ThroughputBenchmark.class,
      DetectionBenchmark.class,
      ChainBenchmark.class,
      RestoreBenchmark.class,
      PitrBenchmark.class
    })
public final class BenchmarksMain implements Callable<Integer> {
  private BenchmarksMain() {}

  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "lab-logback.xml");
    System.exit(new CommandLine(new BenchmarksMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return AllBenchmarks.run();
  }
}
