package io.arbitex.recovery.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All benchmarks one after the other, each in a process of its own, so that none warms another. */
final class AllBenchmarks {
  private static final List<List<String>> SHORT =
      List.of(
          List.of("latency", "--incidents", "300", "--warm-up", "300"),
          List.of("throughput", "--events", "100000", "--pairs", "3"),
          List.of("detection", "--runs", "3", "--defaults-runs", "1"),
          List.of("chain", "--events", "200000", "--runs", "3"),
          List.of("restore", "--events", "200000", "--pairs", "3"),
          List.of("pitr", "--events", "400000", "--rewritten", "100000", "--pairs", "3"));

  private AllBenchmarks() {}

  /**
   * Runs them and prints what each has found, together at the end.
   *
   * @return 0 when each has met its target
   */
  static int run() throws IOException, InterruptedException {
    Map<String, String> found = new LinkedHashMap<>();
    int worst = 0;
    for (List<String> arguments : SHORT) {
      String name = String.join(" ", arguments);
      System.err.println("bench " + name);
      Process process = start(arguments);
      // One whose parent is ended ends its own lab.
      Thread hook = new Thread(process::destroy, "bench-end");
      Runtime.getRuntime().addShutdownHook(hook);
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(hook);
      worst = Math.max(worst, status);
      found.put(name, said + (status == 0 ? "" : "exit status " + status + "\n"));
    }
    found.forEach((name, said) -> System.out.print("\n" + name + "\n" + said.indent(2)));
    return worst;
  }

  private static Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(BenchmarksMain.class.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
