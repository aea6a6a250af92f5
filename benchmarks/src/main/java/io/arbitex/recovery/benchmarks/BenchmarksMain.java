package io.arbitex.recovery.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the pipeline beside plain alternatives, in the same run.",
    subcommands = {
      LatencyBenchmark.class,
      ThroughputBenchmark.class,
      ChainBenchmark.class,
      RestoreBenchmark.class
    })
public final class BenchmarksMain {
  private BenchmarksMain() {}

  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "lab-logback.xml");
    String[] given = args.length == 0 ? new String[] {"latency"} : args;
    System.exit(new CommandLine(new BenchmarksMain()).execute(given));
  }
}
