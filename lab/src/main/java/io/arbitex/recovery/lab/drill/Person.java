package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.console.ConsoleMain;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.IncidentEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody with the command line, who has a name. */
final class Person {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Lab lab;
  private final String name;

  Person(Lab lab, String name) {
    this.lab = lab;
    this.name = name;
  }

  /** Agrees to the plan that an incident waits with. */
  void approves(IncidentEvent asked, String reason, List<String> failures)
      throws IOException, InterruptedException {
    int status =
        says("approve", asked.getIncidentId(), "--plan", asked.getPlanHash(), "--reason", reason);
    Demand.that(failures, "the approval is taken", status == 0, "exit status " + status);
  }

  /**
   * Calls {@code dr} with these words, and the person's name; what it says stands in its log.
   *
   * @return its exit status
   * @throws IOException when it does not end in time
   */
  int says(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(ConsoleMain.class.getName());
    command.addAll(List.of(words));
    command.addAll(List.of("--by", name));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(lab.folder().log("dr").toFile()));
    builder.environment().put("DR_CONFIG", lab.requireState().file("console").toString());
    Process process = builder.start();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("dr " + words[0] + " did not end within " + LIMIT.toSeconds() + " s");
    }
    return process.exitValue();
  }
}
