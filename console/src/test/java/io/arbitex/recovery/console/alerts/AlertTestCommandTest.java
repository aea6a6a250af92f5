package io.arbitex.recovery.console.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.console.ConsoleLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertTestCommandTest {
  private static final String MESSAGE =
      """
      {"version": "4", "alerts": [
        {"status": "firing", "labels": {"alertname": "PostgresDown", "instance": "db-1"},
         "annotations": {"summary": "does not answer"}, "startsAt": "2026-11-22T10:00:00Z",
         "fingerprint": "f1"}]}
      """;

  @TempDir private Path folder;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @BeforeEach
  void capture() throws IOException {
    PrintStream both = new PrintStream(written, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    Files.writeString(
        folder.resolve("platform.yaml"),
        """
        platforms:
          - name: lab
            observers: [observer-0]
            endpoints:
              health: ["http://127.0.0.1:8080/health"]
              adminToken: env:ADMIN_TOKEN
              auditKey: env:AUDIT_KEY
            components:
              - name: postgresql
                kind: postgresql
                procedures: [postgresql.dump]
                alerts: [{rule: PostgresDown, symptom: hung}]
                postgresql:
                  database: arbitex
                  resource: primary
                  restoreTo: [primary]
                  applicationRole: arbitex_app
                  connectionSecret: file:database-url
                  backups: [backups]
                  tools: /usr/bin
                  criticalTables: [tenants]
                  servers:
                    - {name: primary, host: 127.0.0.1, port: 1, adminUser: a, adminPassword: env:A}
        """);
    Files.writeString(
        folder.resolve("runbook.yaml"),
        """
        version: 1
        alerts: {sources: [{name: alertmanager, trusted: true}]}
        channels:
          - {name: slack, kind: slack, url: env:SLACK}
        """);
    Files.writeString(
        folder.resolve("console.yaml"),
        """
        name: console
        kafka: {bootstrap: "127.0.0.1:1"}
        inventory: platform.yaml
        policy: runbook.yaml
        """);
  }

  @AfterEach
  void giveBack() {
    System.setOut(out);
    System.setErr(err);
  }

  @Test
  void itTellsWhatTheDetectorWouldMakeOfAnAlertWithoutKafka() throws IOException {
    assertThat(run(MESSAGE)).isZero();
    assertThat(text())
        .contains("lab/postgresql DOWN HUNG at 2026-11-22T10:00:00Z")
        .contains("alertmanager/f1/2026-11-22T10:00:00Z")
        .contains("is trusted by the policy");
    written.reset();
    assertThat(run(MESSAGE, "--receiver", "other")).isZero();
    assertThat(text()).contains("not trusted");
  }

  @Test
  void whatMapsToNothingIsShownWithWhatAnEntryCanName() throws IOException {
    assertThat(run(MESSAGE.replace("PostgresDown", "DiskSlow"))).isEqualTo(1);
    assertThat(text())
        .contains("maps to no component (firing)")
        .contains("label     alertname: DiskSlow")
        .contains("resource  db-1");
  }

  @Test
  void whatIsNoMessageIsNotHalfUnderstood() throws IOException {
    assertThat(run("{\"a\": 1}")).isEqualTo(2);
    assertThat(run("nonsense")).isEqualTo(2);
    assertThat(run(MESSAGE, "--kind", "azure-monitor")).isEqualTo(2);
    assertThat(run(MESSAGE, "--kind", "pager")).isEqualTo(2);
    assertThat(text()).contains("allowed: [alertmanager, azure-monitor, event-grid]");
    assertThat(
            ConsoleLine.run(
                "alerts", "test", "--config", config(), folder.resolve("none").toString()))
        .isEqualTo(2);
  }

  private int run(String message, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("message.json"), message);
    String[] args = new String[5 + more.length];
    args[0] = "alerts";
    args[1] = "test";
    args[2] = "--config";
    args[3] = config();
    args[4] = file.toString();
    System.arraycopy(more, 0, args, 5, more.length);
    return ConsoleLine.run(args);
  }

  private String config() {
    return folder.resolve("console.yaml").toString();
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
