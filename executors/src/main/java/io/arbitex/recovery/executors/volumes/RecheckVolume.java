package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Preflight: the volume is lost. One whose claim is bound and whose disk is there has the newer
 * data, whether pods are ready with it or not, and is only replaced when a person approved it.
 */
final class RecheckVolume extends VolumeAction {
  RecheckVolume(VolumeTarget target) {
    super(target, "recheck-volume", "look at the volume once more", false, Duration.ofMinutes(3));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String name = target.volume().claim();
    if (CheckVolume.alreadyCutOver(context)) {
      return Look.alreadySo();
    }
    ClaimAndVolume now = ClaimAndVolume.read(session, name);
    boolean mayLive = context.fact(VolumeFacts.SOURCE_MAY_LIVE).filter("true"::equals).isPresent();
    if (mayLive
        || !now.isBound()
        || now.volume().isEmpty()
        || now.isFor(context.required(VolumeFacts.DISK))) {
      return Look.alreadySo(Map.of("source-state", now.phase()));
    }
    List<String> using = readyUsers(session, name);
    if (!using.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          "the claim "
              + name
              + " is bound, and "
              + using
              + " are ready with it: it is not replaced",
          "Nothing, if it stays so. To replace it all the same, approve the plan.");
    }
    if (now.handle().isPresent() && !target.store().has(context, now.handle().get())) {
      return Look.alreadySo(Map.of("source-state", "the disk is gone"));
    }
    throw ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "the claim "
            + name
            + " is bound and its disk is there: it is not known to be lost, so it is not replaced",
        "See why its pods are not ready. To replace it all the same, approve the plan.");
  }

  private static List<String> readyUsers(ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    List<Pod> pods =
        session.ask(
            "list pods",
            client -> client.pods().inNamespace(session.namespace()).list().getItems());
    return pods.stream()
        .filter(pod -> ClaimAndVolume.has(pod, claim))
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(Readiness::isPodReady)
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }
}
