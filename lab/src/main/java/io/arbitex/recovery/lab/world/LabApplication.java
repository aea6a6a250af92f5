package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.lab.platform.LabPlatform;
import io.arbitex.recovery.lab.traffic.LabTraffic;
import io.arbitex.recovery.lab.traffic.TrafficStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The processes of what is protected, and of those who use it: the platform and its clients. */
final class LabApplication {
  /**
   * So many that a collapse of the keyspace is no accident, with any seconds of logins after it.
   */
  private static final int SESSIONS = 1_000;

  private static final int LOGINS_A_SECOND = 10;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final LabPlan plan;
  private final LabFolder folder;
  private final LabProcesses processes;

  LabApplication(LabPlan plan, LabProcesses processes) {
    this.plan = plan;
    this.folder = plan.folder();
    this.processes = processes;
  }

  /** Where clients keep what was acknowledged of their sessions. */
  static Path sessions(LabFolder folder) {
    return folder.traffic().resolve("sessions.csv");
  }

  /** Starts the platform, and waits until it is well. */
  void startPlatform() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.add("--port=" + plan.platformPort());
    arguments.add("--database-url-file=" + folder.secrets().resolve("database-url"));
    arguments.add("--audit-key-file=" + folder.secrets().resolve("audit-key"));
    arguments.add("--admin-token-file=" + folder.secrets().resolve("admin-token"));
    if (plan.redis().isPresent()) {
      Path url =
          folder.secret("redis-url", "redis://127.0.0.1:" + plan.redis().get().redis() + "/0");
      arguments.add("--redis-url-file=" + url);
    }
    ProcessState platform =
        processes.start(
            "platform",
            processes.java("platform", 128, LabPlatform.class.getName(), arguments),
            plan.platformPort());
    new LabServices(plan, new LabConfiguration(plan), processes).awaitHealthy(platform);
  }

  /** Starts the traffic, and waits until it flows. */
  void startTraffic(Consumer<String> say) throws IOException, InterruptedException {
    Path status = folder.traffic().resolve("status.json");
    List<String> arguments = new ArrayList<>();
    arguments.add("--platform=" + plan.platformAddress());
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
