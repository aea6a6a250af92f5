package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodCommand;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.arbitex.recovery.record.FailureCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Scripts of this package's resources, run in the work pod. A script goes through the command's
 * input: as an argument it would be part of an address, which has a limit.
 */
final class VolumeScript {
  static final int CHANGED = 65;
  static final int NOT_LOADED = 66;
  private static final int NO_PROGRAM = 67;
  private static final int FULL = 69;
  private static final int IN_THE_WAY = 70;
  private static final int NOT_OWNED = 72;
  static final int NOTHING_THERE = 74;
  private static final int LATER_OWNER = 77;

  private final PodCommand pod;

  private VolumeScript(PodCommand pod) {
    this.pod = pod;
  }

  static VolumeScript in(ClusterSession session, Staging staging) {
    return new VolumeScript(new WorkPod(session, staging.podPlan()).command());
  }

  /** In another pod that has the volume at the same folder. */
  static VolumeScript in(PodCommand pod) {
    return new VolumeScript(pod);
  }

  /**
   * Runs a script that only reads.
   *
   * @param name of the resource, without its ending
   * @return what it printed
   * @throws ActionFailure what its exit status means
   */
  String read(ActionContext context, Duration limit, String name, String... arguments)
      throws ActionFailure, InterruptedException {
    PodCommand.Result result = run(context, limit, name, List.of(arguments));
    if (!result.good()) {
      throw failure(name, result);
    }
    return result.output();
  }

  /** The same for one that changes the volume; it is told who we are, so that it bars earlier. */
  String change(ActionContext context, Duration limit, String name, String... arguments)
      throws ActionFailure, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(Long.toString(context.command().getIssuedAt().toEpochMilli()));
    all.add(Long.toString(context.token()));
    all.add(context.command().getCommandId());
    return read(context, limit, name, all.toArray(new String[0]));
  }

  /** Runs a script whose exit status the caller judges. */
  PodCommand.Result run(ActionContext context, Duration limit, String name, List<String> arguments)
      throws ActionFailure, InterruptedException {
    byte[] script = (text("common") + text(name)).getBytes(StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>();
    words.addAll(List.of("sh", "-c", "eval \"$(head -c " + script.length + ")\"", name));
    words.addAll(arguments);
    return pod.run(context, limit, words, new ByteArrayInputStream(script));
  }

  /** Sends bytes into a file of the volume; whether they arrived whole, only their sum tells. */
  PodCommand.Result send(
      ActionContext context, Duration limit, String file, long size, InputStream bytes)
      throws ActionFailure, InterruptedException {
    return pod.run(
        context,
        limit,
        List.of("sh", "-c", "umask 077; head -c \"$2\" >\"$1\"", "send", file, Long.toString(size)),
        bytes);
  }

  static ActionFailure failure(String name, PodCommand.Result result) {
    String message = name + " on the volume: " + result.why();
    return switch (result.status()) {
      case CHANGED ->
          ActionFailure.passing(
              FailureCode.TOOL_FAILED,
              message,
              "It is sent again; if it stays so, see the volume's health and who else writes"
                  + " there.");
      case NOT_LOADED ->
          ActionFailure.permanent(
              FailureCode.PROOF_FAILED,
              message,
              "See whether the Redis of 'helperImage' is as new as the one that made the data.");
      case NO_PROGRAM ->
          ActionFailure.permanent(
              FailureCode.PREFLIGHT,
              message,
              "Set 'helperImage' of the inventory to an image with Redis 7 and a shell.");
      case FULL ->
          ActionFailure.permanent(
              FailureCode.TARGET_FULL, message, "Make room on the volume, or enlarge the claim.");
      case IN_THE_WAY ->
          ActionFailure.permanent(
              FailureCode.NOT_CONFIRMED,
              message,
              "See who works on the volume; what was there before the recovery is in the folder"
                  + " .recovery, nothing was deleted.");
      case NOT_OWNED ->
          ActionFailure.permanent(
              FailureCode.PREFLIGHT,
              message,
              "Let the pod template's securityContext set the user of the data (runAsUser,"
                  + " fsGroup); the work pod takes it over.");
      case NOTHING_THERE ->
          ActionFailure.permanent(
              FailureCode.NO_RESTORE_POINT, message, "Nothing; the next procedure is tried.");
      case LATER_OWNER ->
          ActionFailure.permanent(
              FailureCode.OWNERSHIP_LOST, message, "Nothing, when that command goes on.");
      default ->
          ActionFailure.passing(
              FailureCode.TOOL_FAILED, message, "See the volume's health and the work pod.");
    };
  }

  private static String text(String name) {
    try (InputStream in = VolumeScript.class.getResourceAsStream(name + ".sh")) {
      if (in == null) {
        throw new IllegalArgumentException("there is no script " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
