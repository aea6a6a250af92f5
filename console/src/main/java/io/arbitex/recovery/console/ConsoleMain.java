package io.arbitex.recovery.console;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.alerts.AlertCommands;
import io.arbitex.recovery.runtime.HelpOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The command line for people. Exit status 0 done, 1 not done, 2 called or configured wrongly. */
@Command(
    name = "dr",
    description = "Looks into the recovery pipeline and tells it what people decide.",
    subcommands = {
      StatusCommand.class,
      IncidentCommand.class,
      DecreeCommands.Hold.class,
      DecreeCommands.Release.class,
      DecreeCommands.Approve.class,
      DecreeCommands.Reject.class,
      DecreeCommands.Retry.class,
      DecreeCommands.Acknowledge.class,
      ReplayCommand.class,
      CheckCommand.class,
      AlertCommands.class
    })
public final class ConsoleMain {
  private ConsoleMain() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    CommandLine line = new CommandLine(new ConsoleMain());
    addHelp(line);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(errors());
    if (args.length == 0) {
      line.usage(System.out);
      return 2;
    }
    return line.execute(args);
  }

  private static void addHelp(CommandLine line) {
    line.addMixin("help", new HelpOption());
    line.getSubcommands().values().forEach(ConsoleMain::addHelp);
  }

  private static IExecutionExceptionHandler errors() {
    return (e, line, parsed) -> {
      if (e instanceof InvalidConfiguration invalid) {
        invalid.problems().forEach(System.err::println);
        return 2;
      }
      if (e instanceof ConsoleSettings.MissingConfiguration) {
        System.err.println(e.getMessage());
        return 2;
      }
      if (e instanceof KafkaException
          || e instanceof TimeoutException
          || e instanceof ExecutionException) {
        System.err.println(
            "Kafka does not answer: " + e.getMessage() + ". Is it running, is the address right?");
        return 1;
      }
      throw e;
    };
  }
}
