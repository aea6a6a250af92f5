package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A real exporter, a real Prometheus and real Alertmanagers, configured as anybody would for a
 * PostgreSQL server. The Alertmanagers know nothing of each other, so each sends every alert: the
 * receivers get it as often as there are senders (Alertmanager's issue 4108).
 */
final class Monitoring {
  /** Name of the rule that fires, and the job that it looks at. */
  static final String RULE = "DatabaseDown";

  static final String JOB = "postgresql";

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Map<String, String> PROGRAMS = programs();

  private final LabFolder folder;
  private final LabProcesses processes;
  private final String name;
  private final MonitoringRhythm rhythm;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

  /**
   * @param name begins the names of its processes, folders and files
   */
  Monitoring(LabFolder folder, LabProcesses processes, String name, MonitoringRhythm rhythm) {
    this.folder = folder;
    this.processes = processes;
    this.name = name;
    this.rhythm = rhythm;
  }

  private static Map<String, String> programs() {
    Map<String, String> programs = new LinkedHashMap<>();
    for (String program :
        List.of("prometheus-postgres-exporter", "prometheus", "prometheus-alertmanager")) {
      programs.put(program, "/usr/bin/" + program);
    }
    return programs;
  }

  /** What is not installed, by the names of Debian's packages. */
  static List<String> missing() {
    return PROGRAMS.entrySet().stream()
        .filter(program -> !Files.isExecutable(Path.of(program.getValue())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Starts all; returns when each answers and the exporter sees the server.
   *
   * @param server that is watched
   * @param webhooks that each Alertmanager sends every alert to
   * @param token file with what they show there
   * @param senders how many Alertmanagers, at least 1
   */
  void start(LabState.Server server, Path password, List<URI> webhooks, Path token, int senders)
      throws IOException, InterruptedException {
    List<String> missing = missing();
    if (!missing.isEmpty()) {
      throw new LabFailure(
          "the monitoring needs Debian's packages, then call again: apt-get install "
              + String.join(" ", missing));
    }
    FreePorts ports = new FreePorts(2 + senders);
    int exporter = ports.next();
    int prometheus = ports.next();
    List<Integer> alertmanagers = new ArrayList<>();
    for (int i = 0; i < senders; i++) {
      alertmanagers.add(ports.next());
    }
    Path data = folder.root().resolve("monitoring").resolve(name);
    folder.delete(data);
    Files.createDirectories(data);
    ProcessState watching = exporter(server, password, exporter);
    for (int i = 0; i < senders; i++) {
      alertmanager(i + 1, alertmanagers.get(i), webhooks, token, data);
    }
    prometheus(prometheus, exporter, alertmanagers, data);
    await(watching, exporter, "/metrics", "\npg_up 1\n");
    for (int port : alertmanagers) {
      await(watching, port, "/-/ready", "");
    }
    await(watching, prometheus, "/-/ready", "");
  }

  private ProcessState exporter(LabState.Server server, Path password, int port)
      throws IOException {
    // In the environment, as its documentation wants it; the password only by its file.
    return start(
        "exporter",
        List.of(
            "/usr/bin/env",
            "DATA_SOURCE_URI="
                + server.host()
                + ":"
                + server.port()
                + "/postgres?sslmode=disable&connect_timeout=2",
            "DATA_SOURCE_USER=" + server.adminUser(),
            "DATA_SOURCE_PASS_FILE=" + password,
            PROGRAMS.get("prometheus-postgres-exporter"),
            "--web.listen-address=127.0.0.1:" + port));
  }

  private void alertmanager(int number, int port, List<URI> webhooks, Path token, Path data)
      throws IOException {
    String sends =
        webhooks.stream()
            .map(
                webhook ->
                    """
                          - url: %s
                            send_resolved: true
                            http_config:
                              authorization: {type: Bearer, credentials_file: %s}
                    """
                        .formatted(webhook, token))
            .collect(Collectors.joining());
    Path file = folder.etc().resolve(name + "-alertmanager.yml");
    Files.writeString(
        file,
        """
        route:
          receiver: recovery
          group_wait: %s
          group_interval: %s
        receivers:
          - name: recovery
            webhook_configs:
        %s"""
            .formatted(seconds(rhythm.groupWait()), seconds(rhythm.groupInterval()), sends),
        StandardCharsets.UTF_8);
    String which = "alertmanager-" + number;
    start(
        which,
        List.of(
            PROGRAMS.get("prometheus-alertmanager"),
            "--config.file=" + file,
            "--storage.path=" + data.resolve(which),
            "--cluster.listen-address=",
            "--web.listen-address=127.0.0.1:" + port));
  }

  private void prometheus(int port, int exporter, List<Integer> alertmanagers, Path data)
      throws IOException {
    Path rules = folder.etc().resolve(name + "-rules.yml");
    Files.writeString(
        rules,
        """
        groups:
          - name: database
            rules:
              - alert: %s
                expr: pg_up{job="%s"} == 0 or up{job="%s"} == 0
                for: %s
                annotations:
                  summary: PostgreSQL is down, says the exporter at {{ $labels.instance }}
        """
            .formatted(RULE, JOB, JOB, seconds(rhythm.holdFor())),
        StandardCharsets.UTF_8);
    Path file = folder.etc().resolve(name + "-prometheus.yml");
    Files.writeString(
        file,
        """
        global:
          scrape_interval: %s
          scrape_timeout: %s
          evaluation_interval: %s
        rule_files: [%s]
        scrape_configs:
          - job_name: %s
            static_configs:
              - targets: ["127.0.0.1:%d"]
        alerting:
          alertmanagers:
            - static_configs:
                - targets: [%s]
        """
            .formatted(
                seconds(rhythm.scrape()),
                seconds(min(rhythm.scrape(), Duration.ofSeconds(10))),
                seconds(rhythm.evaluation()),
                rules,
                JOB,
                exporter,
                alertmanagers.stream()
                    .map(each -> "\"127.0.0.1:" + each + "\"")
                    .collect(Collectors.joining(", "))),
        StandardCharsets.UTF_8);
    start(
        "prometheus",
        List.of(
            PROGRAMS.get("prometheus"),
            "--config.file=" + file,
            "--storage.tsdb.path=" + data.resolve("prometheus"),
            "--web.listen-address=127.0.0.1:" + port));
  }

  private ProcessState start(String process, List<String> command) throws IOException {
    return processes.start(name + "-" + process, LabProcesses.ownSession(command), 0);
  }

  private void await(ProcessState watching, int port, String path, String holds)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(5))
            .build();
    Waiting.until(
        name + ": port " + port + " getting ready",
        LIMIT,
        () -> {
          HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
          return answer.statusCode() == 200 && answer.body().contains(holds);
        },
        () -> processes.tail(watching.name()));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + "s";
  }
}
