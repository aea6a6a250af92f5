package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.executors.kubernetes.WorkPodPlan;
import io.arbitex.recovery.schemas.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The folder on the volume in which one restore prepares, and the pod that works there. Both have
 * their names from the restore's command, so that doing it twice is doing it once.
 *
 * @param id for names: lower case, digits and dashes
 * @param room bytes that are asked of a node, where the folder is the pod's own and goes with it,
 *     since the volume is gone; empty where it is on the volume
 */
record Staging(RedisTarget target, String id, OptionalLong room) {
  private static final int READABLE = 40;
  private static final int DIGEST = 8;

  /** The one that the command of a restore makes. */
  static Staging madeBy(RedisTarget target, ActionContext context) {
    String name = context.command().getCommandId();
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String digest = Digests.sha256(name.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST);
    return new Staging(
        target,
        plain.substring(0, Math.min(READABLE, plain.length())) + "-" + digest,
        LostVolume.of(context).isPresent() ? OptionalLong.of(room(context)) : OptionalLong.empty());
  }

  private static long room(ActionContext context) {
    return StageRdb.needed(context.fact(RedisFacts.SIZE).map(Long::parseLong).orElse(0L));
  }

  boolean aside() {
    return room.isPresent();
  }

  /** The one that a restore has left for this cutover. */
  static Staging givenTo(RedisTarget target, ActionContext context) {
    return onVolume(target, context.required(RedisFacts.STAGING_ID));
  }

  static Staging onVolume(RedisTarget target, String id) {
    return new Staging(target, id, OptionalLong.empty());
  }

  String folder() {
    return target.redis().dataFolder().replaceAll("/+$", "") + "/.recovery/" + id;
  }

  String oldData() {
    return folder() + "/old";
  }

  String pod() {
    // Another name, so that nobody takes the one for the other.
    return "recovery-" + id + (aside() ? "-aside" : "");
  }

  WorkPodPlan podPlan() {
    return new WorkPodPlan(
        pod(),
        target.component(),
        target.redis().statefulSet(),
        aside() ? Optional.empty() : Optional.of(target.redis().claim()),
        room.orElse(0),
        target.redis().dataFolder(),
        target.redis().helperImage());
  }
}
