package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodCommand;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The restored disk is not empty, and the inventory's own check of what is on it passes. Before the
 * platform has it: a wrong snapshot costs nothing yet.
 */
final class ProveDisk extends VolumeAction {
  private static final Duration COUNT = Duration.ofMinutes(5);

  /** A fresh file system has a folder lost+found and no file. */
  private static final List<String> COUNTED =
      List.of(
          "sh",
          "-c",
          // Once for its exit status alone: of a pipe it is the last command's.
          "cd "
              + Volume.FOLDER
              + " && set -- . -path ./lost+found -prune -o -type f -print && find \"$@\" >/dev/null"
              + " && find \"$@\" | wc -l && du -sk . 2>/dev/null | cut -f1");

  ProveDisk(VolumeTarget target) {
    super(
        target, "prove-disk", "check what is on the restored disk", false, Duration.ofMinutes(15));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    PodCommand pod = new LookAtDisk(target, session, context).pod().command();
    PodCommand.Result counted = pod.run(context, COUNT, COUNTED);
    String[] numbers = counted.output().strip().split("\\s+");
    if (counted.errors().contains("ermission denied")) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the user of the helper image may not read all of the restored disk: " + counted.why(),
          "Take a helperImage whose user may; nothing is known of the snapshot.");
    }
    if (!counted.good() || numbers.length != 2) {
      throw unproven(context, "it cannot be read: " + counted.why());
    }
    if (numbers[0].equals("0")) {
      throw unproven(context, "there is no file on it");
    }
    List<String> check = target.volume().check();
    if (!check.isEmpty()) {
      PodCommand.Result checked = pod.run(context, target.volume().checkTimeout(), check);
      if (!checked.good()) {
        throw unproven(context, "its check says " + checked.why());
      }
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(VolumeFacts.FILES, numbers[0]);
    facts.put(VolumeFacts.KIBIBYTES, numbers[1]);
    return Look.alreadySo(facts);
  }

  private static ActionFailure unproven(ActionContext context, String why) {
    return ActionFailure.permanent(
        FailureCode.PROOF_FAILED,
        "the disk from the snapshot " + context.required(VolumeFacts.SNAPSHOT) + ": " + why,
        "The snapshot before it is tried.");
  }
}
