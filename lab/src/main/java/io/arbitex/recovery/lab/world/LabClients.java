package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.lab.traffic.LabTraffic;
import io.arbitex.recovery.lab.traffic.TrafficStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The process of the platform's clients. */
final class LabClients {
  /**
   * So many that a collapse of the keyspace is no accident, with any seconds of logins after it.
   */
  private static final int SESSIONS = 1_000;

  private static final int LOGINS_A_SECOND = 10;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final LabPlan plan;
  private final LabFolder folder;
  private final LabProcesses processes;

  LabClients(LabPlan plan, LabProcesses processes) {
    this.plan = plan;
    this.folder = plan.folder();
    this.processes = processes;
  }

  /** Where clients keep what was acknowledged of their sessions. */
  static Path sessions(LabFolder folder) {
    return folder.traffic().resolve("sessions.csv");
  }

  /** Starts the traffic, and waits until it flows. */
  void start(Consumer<String> say) throws IOException, InterruptedException {
    Path status = folder.traffic().resolve("status.json");
    List<String> arguments = new ArrayList<>();
    arguments.add("--platform=" + plan.platformAddress());
    arguments.add("--cloud=" + plan.cloudAddress());
    arguments.add("--rate=" + plan.options().rate());
    arguments.add("--clients=" + plan.options().clients());
    arguments.add("--tenants=" + PlatformDatabase.TENANTS);
    arguments.add("--ledger=" + folder.traffic().resolve("ledger.csv"));
    arguments.add("--status=" + status);
    if (plan.redis().isPresent()) {
      arguments.add("--sessions=" + SESSIONS);
      arguments.add("--logins=" + LOGINS_A_SECOND);
      arguments.add("--session-ledger=" + sessions(folder));
    }
    processes.start(
        "traffic", processes.java("traffic", 96, LabTraffic.class.getName(), arguments), 0);
    Waiting.until(
        "the first acknowledged event",
        LIMIT,
        () -> TrafficStatus.read(status).acknowledged() > 0,
        () -> processes.tail("traffic"));
    say.accept("traffic: " + plan.options().rate() + " events a second");
  }
}
