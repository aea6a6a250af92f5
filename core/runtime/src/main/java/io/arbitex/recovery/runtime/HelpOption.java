package io.arbitex.recovery.runtime;

import picocli.CommandLine.Option;

/** {@code --help} for a command line; picocli acts on it before the command runs. */
public final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable")
  private boolean help;
}
