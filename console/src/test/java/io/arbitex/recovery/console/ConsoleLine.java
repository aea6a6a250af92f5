package io.arbitex.recovery.console;

/** Calls the command line as a test's own. */
public final class ConsoleLine {
  private ConsoleLine() {}

  public static int run(String... args) {
    return ConsoleMain.run(args);
  }
}
