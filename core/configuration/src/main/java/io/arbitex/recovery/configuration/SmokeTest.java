package io.arbitex.recovery.configuration;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A command that proves the platform from the inside of one of its pods (runbook, post-restore
 * checklist).
 *
 * @param name of the check in the verdict
 * @param in whose pods; one that is ready is taken
 * @param container of the pod; empty for its first one
 * @param command and its arguments; exit status 0 passes
 * @param timeout after it the check has failed, at least 1 s
 * @param printsAlembicHead whether its output must also name the Alembic head of the restore point
 */
public record SmokeTest(
    String name,
    Workload in,
    Optional<String> container,
    List<String> command,
    Duration timeout,
    boolean printsAlembicHead) {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  static SmokeTest of(Section section) {
    Workload in = new Workload(Workload.Kind.DEPLOYMENT, "");
    String text = section.text("in");
    try {
      in = text.isEmpty() ? in : Workload.of(text);
      if (in.kind() == Workload.Kind.CRONJOB) {
        section.problem("in", "a cronjob has no pod to wait for, allowed: deployment, statefulset");
      }
    } catch (IllegalArgumentException e) {
      section.problem("in", e.getMessage());
    }
    SmokeTest read =
        new SmokeTest(
            section.name("name"),
            in,
            section.optionalText("container"),
            section.requiredTexts("command"),
            section.duration("timeout", TIMEOUT),
            section.flag("printsAlembicHead", false));
    if (read.timeout().compareTo(Duration.ofSeconds(1)) < 0) {
      section.problem("timeout", "must be at least 1s");
    }
    section.close();
    return read;
  }
}
