package io.arbitex.recovery.lab;

import io.arbitex.recovery.lab.drill.DrillCommand;
import io.arbitex.recovery.lab.world.LabFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the lab. */
@Command(
    name = "dr",
    mixinStandardHelpOptions = true,
    description = "Works with a lab: a whole world on this machine, which can be broken.",
    subcommands = {LabCommand.class, DrillCommand.class})
public final class LabMain implements Callable<Integer> {
  private LabMain() {}

  public static void main(String[] args) {
    // Before the first logger is made: this process speaks to a person, not to a log.
    System.setProperty("logback.configurationFile", "lab-logback.xml");
    System.exit(commandLine().execute(args));
  }

  /** The command line with all subcommands. */
  public static CommandLine commandLine() {
    return new CommandLine(new LabMain())
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              if (e instanceof LabFailure) {
                line.getErr().println(e.getMessage());
              } else {
                e.printStackTrace(line.getErr());
              }
              return 1;
            });
  }

  @Override
  public Integer call() {
    CommandLine.usage(this, System.out);
    return 2;
  }
}
