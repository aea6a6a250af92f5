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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
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

  /** The one in the set's ready pod; empty when none is ready. */
  static Optional<PodRedis> find(ClusterSession session, RedisTarget target)
      throws ActionFailure, InterruptedException {
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    return set.pods(set.read()).stream()
        .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
        .filter(Readiness::isPodReady)
        .findFirst()
        .map(
            each ->
                new PodRedis(
                    target,
                    new PodCommand(
                        session, each.getMetadata().getName(), container(target, each))));
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

  RedisInfo info(ActionContext context) throws ActionFailure, InterruptedException {
    return RedisInfo.parse(ask(context, "INFO", "everything"));
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
