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
 * Preflight: the lost volume is not there again. One that is bound and in use by pods that are
 * ready is the newer data, and is only replaced when a person approved it.
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
    List<String> using = readyUsers(session, name);
    boolean mayLive = context.fact(VolumeFacts.SOURCE_MAY_LIVE).filter("true"::equals).isPresent();
    if (now.isBound()
        && now.volume().isPresent()
        && !now.isFor(context.required(VolumeFacts.DISK))
        && !using.isEmpty()
        && !mayLive) {
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          "the claim "
              + name
              + " is bound, and "
              + using
              + " are ready with it: it is not replaced",
          "Nothing, if it stays so. To replace it all the same, approve the plan.");
    }
    return Look.alreadySo(Map.of("source-state", now.phase()));
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
