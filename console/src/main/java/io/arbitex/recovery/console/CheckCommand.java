package io.arbitex.recovery.console;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads the configuration and tells every mistake. */
@Command(
    name = "check",
    description = "Reads configuration, inventory and policy; tells every mistake with its line.")
final class CheckCommand implements Callable<Integer> {
  @Mixin private ConsoleSettings settings;

  @Override
  public Integer call() throws Exception {
    var configuration = settings.read();
    System.out.printf(
        "fine: %d platforms, policy mode %s%n",
        configuration.inventory().platforms().size(), configuration.policy().mode());
    return 0;
  }
}
