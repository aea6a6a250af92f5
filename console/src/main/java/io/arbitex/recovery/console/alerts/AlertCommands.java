package io.arbitex.recovery.console.alerts;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The commands about alerts. */
@Command(
    name = "alerts",
    description = "Tells what alerts of monitoring systems are taken for.",
    subcommands = {AlertTestCommand.class, UnmappedAlertsCommand.class})
public final class AlertCommands implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(System.out);
    return CommandLine.ExitCode.USAGE;
  }
}
