package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.lab.world.Lab;
import java.io.IOException;

/** The lab that a benchmark runs on, ended with it. */
final class BenchLab {
  private BenchLab() {}

  static void endAtExit(Lab lab) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(lab), "lab-down"));
  }

  private static void end(Lab lab) {
    try {
      lab.down();
    } catch (IOException e) {
      System.err.println("the lab could not be ended: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
