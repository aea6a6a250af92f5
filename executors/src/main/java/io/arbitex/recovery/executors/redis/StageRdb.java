package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodCommand;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.arbitex.recovery.record.FailureCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The chosen file is on the volume, whole, and laid out as Redis will find it: with {@code
 * appendonly yes} as the base of an append-only file, since a dump.rdb would be ignored.
 */
final class StageRdb extends RedisAction {
  /** The file, and a copy of it that the throw-away server works on; and a little. */
  private static final long COPIES = 2;

  /**
   * Percent of a node's disk that a folder of the pod's own leaves free: below 15 the kubelet ends
   * other pods to make room (imagefs.available, below 10 nodefs.available).
   */
  private static final String KEPT_OF_NODE = "17";

  private static final long MARGIN_KIBIBYTES = 16 * 1024;
  private static final long KIBIBYTE = 1024;

  private final Function<ActionContext, Optional<Staging>> where;

  /**
   * @param where empty when there is nothing to do
   */
  private StageRdb(
      RedisTarget target, String name, Function<ActionContext, Optional<Staging>> where) {
    super(
        target,
        name,
        "copy the RDB file beside the data of Redis",
        true,
        Duration.ofMinutes(30),
        PATIENT);
    this.where = where;
  }

  /** For a restore: it becomes this command's staging. */
  static StageRdb beside(RedisTarget target) {
    return new StageRdb(
        target, "stage-rdb", context -> Optional.of(Staging.madeBy(target, context)));
  }

  /** For a cutover, where the staging of its restore went with the pod or the volume. */
  static StageRdb again(RedisTarget target) {
    return new StageRdb(target, "stage-again", context -> StageAgain.where(target, context));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<Staging> here = where.apply(context);
    return here.isPresent() ? look(context, session, here.get()) : Look.alreadySo();
  }

  private Look look(ActionContext context, ClusterSession session, Staging staging)
      throws ActionFailure, InterruptedException {
    if (!new WorkPod(session, staging.podPlan()).runs()) {
      return Look.notYet("the work pod does not run");
    }
    String said =
        VolumeScript.in(session, staging)
            .read(
                context,
                RedisTarget.LONG,
                "staged-rdb",
                staging.folder(),
                target.mode(),
                context.required(RedisFacts.SHA256));
    return said.isBlank()
        ? Look.notYet("the file is not on the volume")
        : Look.alreadySo(Map.of(RedisFacts.STAGING_ID, staging.id()));
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    make(context, session, where.apply(context).orElseThrow());
  }

  /** Bytes that preparing a file of that size takes. */
  static long needed(long size) {
    return COPIES * size + MARGIN_KIBIBYTES * KIBIBYTE;
  }

  /** Sends it again, where it went with the pod that had it. */
  void ensure(ActionContext context, ClusterSession session, Staging staging)
      throws ActionFailure, InterruptedException {
    if (look(context, session, staging) instanceof Look.NotYet) {
      make(context, session, staging);
    }
  }

  private void make(ActionContext context, ClusterSession session, Staging staging)
      throws ActionFailure, InterruptedException {
    new WorkPod(session, staging.podPlan()).ensure(context);
    // Before the first byte, so that clean-up knows that there may be something.
    context.remember(RedisFacts.STAGING_ID, staging.id());
    VolumeScript script = VolumeScript.in(session, staging);
    Path file = file(context);
    try {
      long size = Files.size(file);
      script.change(
          context,
          RedisTarget.SHORT,
          "prepare",
          staging.folder(),
          target.redis().dataFolder(),
          Long.toString(needed(size) / KIBIBYTE),
          staging.aside() ? KEPT_OF_NODE : "0");
      context.progress("sending %.1f MB to the volume".formatted(size / 1e6));
      try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
        PodCommand.Result sent =
            script.send(context, RedisTarget.LONG, staging.folder() + "/upload.part", size, bytes);
        if (!sent.good()) {
          throw VolumeScript.failure("send", sent);
        }
      }
    } catch (IOException e) {
      throw gone(file, e);
    }
    script.change(
        context,
        RedisTarget.LONG,
        "stage-rdb",
        staging.folder(),
        target.mode(),
        context.required(RedisFacts.SHA256));
  }

  /**
   * Asked before Redis is stopped for a staging that is made again.
   *
   * @throws ActionFailure NO_RESTORE_POINT when the chosen file is gone
   */
  static void requireFile(ActionContext context) throws ActionFailure {
    Path file = file(context);
    try {
      Files.size(file);
    } catch (IOException e) {
      throw gone(file, e);
    }
  }

  private static ActionFailure gone(Path file, IOException e) {
    return new ActionFailure(
        FailureCode.NO_RESTORE_POINT,
        "the chosen file " + file + " can no longer be read: " + e,
        "See who cleans the folder while a recovery runs; retry.",
        false,
        e);
  }

  private static Path file(ActionContext context) {
    Path manifest = Path.of(context.required(RedisFacts.MANIFEST));
    String name = manifest.getFileName().toString();
    return manifest.resolveSibling(
        name.substring(0, name.length() - RestorePointManifest.SUFFIX.length()));
  }
}
