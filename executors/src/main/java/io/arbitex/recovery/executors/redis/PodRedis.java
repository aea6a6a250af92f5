package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.redis.RedisErrors;
import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodCommand;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Redis as redis-cli in its own pod sees it, whatever lies between us and its clients' door. */
final class PodRedis {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** The password comes in by the input: in no argument, and in no answer. */
  private static final String CLI =
      "IFS= read -r word; [ -z \"$word\" ] || export REDISCLI_AUTH=\"$word\";"
          + " exec redis-cli \"$@\" </dev/null";

  private final RedisTarget target;
  private final PodCommand pod;

  private PodRedis(RedisTarget target, PodCommand pod) {
    this.target = target;
    this.pod = pod;
  }

  /**
   * The one in the set's pod whose container runs, ready or not: one that is loading or hangs is
   * not ready. Empty when none runs.
   */
  static Optional<PodRedis> find(ClusterSession session, RedisTarget target)
      throws ActionFailure, InterruptedException {
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    return set.pods(set.read()).stream()
        .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
        .filter(each -> runs(each, container(target, each)))
        .min(Comparator.comparing(each -> !Readiness.isPodReady(each)))
        .map(
            each ->
                new PodRedis(
                    target,
                    new PodCommand(
                        session, each.getMetadata().getName(), container(target, each))));
  }

  private static boolean runs(Pod pod, String container) {
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses() != null
        && pod.getStatus().getContainerStatuses().stream()
            .filter(each -> each.getName().equals(container))
            .anyMatch(each -> each.getState() != null && each.getState().getRunning() != null);
  }

  private static String container(RedisTarget target, Pod pod) {
    List<Container> all = pod.getSpec().getContainers();
    return all.stream()
        .filter(
            each ->
                each.getVolumeMounts().stream()
                    .anyMatch(mount -> mount.getMountPath().equals(target.redis().dataFolder())))
        .findFirst()
        .orElse(all.get(0))
        .getName();
  }

  /** Whether it was found that nothing listens in the pod. */
  static boolean wasRefused(ActionFailure failure) {
    return failure.getCause() instanceof ConnectException;
  }

  RedisInfo info(ActionContext context) throws ActionFailure, InterruptedException {
    return RedisInfo.parse(ask(context, "INFO", "everything"));
  }

  /**
   * Whether it has written its files anew since a staging was put in place; then what it loaded at
   * its last start is what it wrote itself, and no longer what was proven.
   */
  boolean hasRewritten(ActionContext context, Staging staging)
      throws ActionFailure, InterruptedException {
    return !VolumeScript.in(pod)
        .read(context, RedisTarget.LONG, "rewritten", staging.folder(), target.redis().dataFolder())
        .isBlank();
  }

  /** Writes a key that goes by itself. */
  void write(ActionContext context) throws ActionFailure, InterruptedException {
    String said = ask(context, "SET", RedisJudge.PROBE, "1", "PX", "1000").strip();
    if (!said.equals("OK")) {
      throw refused(said);
    }
  }

  private String ask(ActionContext context, String... words)
      throws ActionFailure, InterruptedException {
    List<String> line = new ArrayList<>(List.of("sh", "-c", CLI, "redis-cli"));
    line.addAll(List.of(words));
    PodCommand.Result result =
        pod.run(
            context,
            LIMIT,
            line,
            new ByteArrayInputStream((password() + "\n").getBytes(StandardCharsets.UTF_8)));
    if (!result.good() && result.why().contains("Connection refused")) {
      throw new ActionFailure(
          FailureCode.NOT_CONFIRMED,
          "nothing listens in the pod of Redis: " + result.why(),
          "See the log of Redis.",
          true,
          new ConnectException(result.why()));
    }
    String first = result.output().lines().findFirst().orElse("");
    if (!result.good() || first.matches("[A-Z]+ .*") || first.startsWith("(error)")) {
      throw refused(result.good() ? first : result.why());
    }
    return result.output();
  }

  private String password() throws ActionFailure {
    Optional<SecretReference> reference = target.redis().password();
    try {
      return reference.isPresent() ? reference.get().resolve() : "";
    } catch (IOException e) {
      throw RedisJudge.noPassword(e);
    }
  }

  private static ActionFailure refused(String said) {
    RedisErrors.Diagnosis found = RedisErrors.ofReply(said);
    return ActionFailure.passing(
        FailureCode.NOT_CONFIRMED,
        "Redis in its pod says: " + found.message() + " (" + found.symptom() + ")",
        "See the log of Redis; for a login that is refused, 'password' of the inventory.");
  }
}
