package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.executors.kubernetes.WorkPodPlan;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The folder on the volume in which one restore prepares, and the pod that works there. Both have
 * their names from the restore's command, so that doing it twice is doing it once.
 *
 * @param id for names: lower case, digits and dashes
 */
record Staging(RedisTarget target, String id) {
  private static final int READABLE = 40;
  private static final int DIGEST = 8;

  /** The one that the command of a restore makes. */
  static Staging madeBy(RedisTarget target, StepCommand command) {
    String name = command.getCommandId();
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String digest = Digests.sha256(name.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST);
    return new Staging(
        target, plain.substring(0, Math.min(READABLE, plain.length())) + "-" + digest);
  }

  /** The one that a restore has left for this cutover. */
  static Staging givenTo(RedisTarget target, ActionContext context) {
    return new Staging(target, context.required(RedisFacts.STAGING_ID));
  }

  String folder() {
    return target.redis().dataFolder().replaceAll("/+$", "") + "/.recovery/" + id;
  }

  String oldData() {
    return folder() + "/old";
  }

  String pod() {
    return "recovery-" + id;
  }

  WorkPodPlan podPlan() {
    return new WorkPodPlan(
        pod(),
        target.component(),
        target.redis().statefulSet(),
        target.redis().claim(),
        target.redis().dataFolder(),
        target.redis().helperImage());
  }
}
