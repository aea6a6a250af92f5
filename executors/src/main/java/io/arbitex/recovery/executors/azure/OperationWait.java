package io.arbitex.recovery.executors.azure;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Waits for what Azure does, and ends early when the command is cancelled. */
public final class OperationWait {
  /** How long it may be silent towards people. */
  private static final Duration LINE = Duration.ofSeconds(20);

  private static final long LOOK_MILLIS = 100;

  /** Azure that does not answer while it works is asked again for so long. */
  private static final Duration AWAY = Duration.ofMinutes(3);

  private OperationWait() {}

  /**
   * Waits for the end of an operation, if its address is known.
   *
   * @param doing what it does, for people
   * @return whether Azure said that it succeeded; false when it no longer knows it, so the resource
   *     must be asked
   * @throws ActionFailure TOOL_FAILED when it failed, with Azure's reason; DEADLINE at the end of
   *     the action's time
   */
  public static boolean end(
      ActionContext context, FlexibleServers servers, Optional<String> address, String doing)
      throws ActionFailure, InterruptedException {
    return address.isPresent() && succeeded(context, servers.access(), address.get(), doing);
  }

  /** The same for an operation on disks. */
  public static boolean end(
      ActionContext context, Disks disks, Optional<String> address, String doing)
      throws ActionFailure, InterruptedException {
    return address.isPresent() && succeeded(context, disks.access(), address.get(), doing);
  }

  /**
   * Whether Azure is still at work on an operation.
   *
   * @throws ActionFailure when Azure does not say
   */
  public static boolean isUnderWay(FlexibleServers servers, String address)
      throws ActionFailure, InterruptedException {
    return isUnderWay(servers.access(), address);
  }

  /** The same for an operation on disks. */
  public static boolean isUnderWay(Disks disks, String address)
      throws ActionFailure, InterruptedException {
    return isUnderWay(disks.access(), address);
  }

  private static boolean isUnderWay(AzureAccess access, String address)
      throws ActionFailure, InterruptedException {
    return new Operation(access, address).ask().course() == Operation.Course.UNDER_WAY;
  }

  private static boolean succeeded(
      ActionContext context, AzureAccess access, String address, String doing)
      throws ActionFailure, InterruptedException {
    Operation operation = new Operation(access, address);
    long begin = System.nanoTime();
    long lastLine = begin;
    long lastAnswer = begin;
    while (true) {
      Duration again = Duration.ofSeconds(1);
      try {
        Operation.Status status = operation.ask();
        lastAnswer = System.nanoTime();
        again = status.again();
        switch (status.course()) {
          case SUCCEEDED -> {
            return true;
          }
          case FORGOTTEN -> {
            return false;
          }
          case FAILED -> throw failed(doing, status);
          case UNDER_WAY -> {
            // Asked again below.
          }
        }
      } catch (ActionFailure e) {
        if (!e.retryable() || System.nanoTime() - lastAnswer > AWAY.toNanos()) {
          // Whoever reads it must know which server it was about.
          throw new ActionFailure(
              e.code(), doing + ": " + e.getMessage(), e.hint(), e.retryable(), e);
        }
        context.progress(e.getMessage() + "; Azure works on, and is asked again");
      }
      if (System.nanoTime() - lastLine > LINE.toNanos()) {
        lastLine = System.nanoTime();
        context.progress(
            "Azure is still at it: %s, for %d s"
                .formatted(doing, TimeUnit.NANOSECONDS.toSeconds(lastLine - begin)));
      }
      pause(context, again, doing);
    }
  }

  /**
   * A pause that ends early when the command is cancelled.
   *
   * @throws ActionFailure then, or at the end of the action's time
   */
  public static void pause(ActionContext context, Duration pause, String doing)
      throws ActionFailure, InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    while (System.nanoTime() - end < 0) {
      if (context.cancelled()) {
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED,
            "no longer waited for, since the step was cancelled: " + doing,
            "Nothing.");
      }
      if (context.remaining().isZero()) {
        throw ActionFailure.permanent(
            FailureCode.DEADLINE,
            "not done within the time that the step has: " + doing,
            "See in Azure's activity log what it is waiting for.");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private static ActionFailure failed(String doing, Operation.Status status) {
    boolean moment = status.code().startsWith("PointInTime");
    return ActionFailure.permanent(
        moment ? FailureCode.PROOF_FAILED : FailureCode.TOOL_FAILED,
        "Azure could not " + doing + ": " + status.code() + ", " + status.reason(),
        moment
            ? "An earlier moment may be within the archive."
            : "See Azure's activity log for the operation.");
  }
}
