package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The built services, started with the flags that any installation starts them with. */
final class LabServices {
  private static final String ROOT = "io.arbitex.recovery.";
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final LabPlan plan;
  private final LabConfiguration configuration;
  private final LabProcesses processes;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

  LabServices(LabPlan plan, LabConfiguration configuration, LabProcesses processes) {
    this.plan = plan;
    this.configuration = configuration;
    this.processes = processes;
  }

  /** Starts all; not yet ready. */
  List<ProcessState> start() throws IOException {
    List<ProcessState> started = new ArrayList<>();
    started.add(start("classifier", "classifier.ClassifierMain", 256, List.of()));
    started.add(start("executors", "executors.ExecutorsMain", 192, List.of()));
    started.add(start("verifier", "verifier.VerifierMain", 192, List.of()));
    for (String observer : plan.observers()) {
      started.add(start(observer, "detector.DetectorMain", 128, List.of()));
    }
    started.add(
        start(
            "backup",
            "backup.BackupMain",
            128,
            List.of("--every", plan.options().backupEvery().toMillis() + "ms", "--keep", "84")));
    return started;
  }

  private ProcessState start(String name, String mainClass, int heap, List<String> flags)
      throws IOException {
    String whole = ROOT + mainClass;
    if (LabServices.class.getClassLoader().getResource(whole.replace('.', '/') + ".class")
        == null) {
      throw new LabFailure(whole + " is not on the class path; build the project first");
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("--config");
    arguments.add(configuration.file(name).toString());
    arguments.addAll(flags);
    return processes.start(
        name, processes.java(name, heap, whole, arguments), plan.statusPorts().get(name));
  }

  /** Waits until a service says that it is well. */
  void awaitHealthy(ProcessState service) throws InterruptedException {
    Waiting.until(
        service.name() + " getting ready",
        LIMIT,
        () -> {
          if (!service.isAlive()) {
            throw new LabFailure(service.name() + " has ended" + processes.tail(service.name()));
          }
          return isHealthy(service);
        },
        () -> processes.tail(service.name()));
  }

  boolean isHealthy(ProcessState service) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.httpPort() + "/health"))
            .timeout(Duration.ofSeconds(2))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
  }
}
