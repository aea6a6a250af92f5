package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Preflight: the data is lost. Where pods are ready with it, or its disk is there, it is newer than
 * any snapshot, whatever became of claim and volume, and is only replaced when a person approved
 * it.
 */
final class RecheckVolume extends VolumeAction {
  /** Phases in which the data may be gone. One that waits, or is on its way out, says nothing. */
  private static final Set<String> LOSABLE = Set.of("Lost", "missing", "Bound");

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
    boolean begun = context.fact(VolumeFacts.REPLACED).isPresent();
    if (mayLive || begun || now.isFor(context.required(VolumeFacts.DISK))) {
      return Look.alreadySo(Map.of("source-state", now.phase()));
    }
    List<String> using = readyUsers(session, name);
    if (!using.isEmpty()) {
      // Whatever became of claim and volume: a disk that is mounted takes writes.
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          "the claim "
              + name
              + " is "
              + now.phase()
              + ", but "
              + using
              + " are ready with it: it is not replaced",
          "Nothing, if it stays so. To replace it all the same, approve the plan.");
    }
    if (LOSABLE.contains(now.phase())) {
      refuseIfThere(context, session, now);
      return Look.alreadySo(Map.of("source-state", now.phase() + ", and its disk is gone"));
    }
    throw notKnown(name, "it is " + now.phase());
  }

  /**
   * A claim or a volume that is gone is no loss of data: the disk may have been kept, or a person
   * may just be putting it right. Only the store can say that the data is gone.
   */
  private void refuseIfThere(ActionContext context, ClusterSession session, ClaimAndVolume now)
      throws ActionFailure, InterruptedException {
    String name = target.volume().claim();
    Set<String> disks = new LinkedHashSet<>(now.handle().stream().toList());
    if (disks.isEmpty()) {
      // Each may be an older one than the disk that is meant: all are asked for.
      disks.addAll(ClaimAndVolume.disksOf(session, name));
      target
          .bound()
          .get()
          .map(bound -> bound.facts().get(VolumeFacts.BOUND_DISK))
          .ifPresent(disks::add);
      context.fact(VolumeFacts.SOURCE_DISK).filter(disk -> !disk.isEmpty()).ifPresent(disks::add);
    }
    if (disks.isEmpty()) {
      throw notKnown(name, "nobody knows which disk was behind it");
    }
    for (String disk : disks) {
      if (target.store().has(context, disk)) {
        throw notKnown(name, "its disk is there: " + disk);
      }
    }
  }

  private static ActionFailure notKnown(String claim, String why) {
    return ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "the data behind the claim "
            + claim
            + " is not known to be lost, so it is not replaced: "
            + why,
        "See to claim and volume. To replace them all the same, approve the plan.");
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
