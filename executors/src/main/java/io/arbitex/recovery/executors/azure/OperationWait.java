package io.arbitex.recovery.executors.azure;

import com.fasterxml.jackson.databind.JsonNode;
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

  /** The same for an operation that was ordered by its published path. */
  public static boolean end(
      ActionContext context, ResourceManager azure, Optional<String> address, String doing)
      throws ActionFailure, InterruptedException {
    return address.isPresent() && succeeded(context, azure.access(), address.get(), doing);
  }

  /**
   * Waits for the end of an operation that gives something.
   *
   * @return what Azure says with its success; empty when Azure no longer knows the operation
   * @throws ActionFailure as {@link #end}
   */
  public static Optional<JsonNode> result(
      ActionContext context, ResourceManager azure, String address, String doing)
      throws ActionFailure, InterruptedException {
    return await(context, azure.access(), address, doing).map(Operation.Status::properties);
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

  /** The same for an operation that was ordered by its published path. */
  public static boolean isUnderWay(ResourceManager azure, String address)
      throws ActionFailure, InterruptedException {
    return isUnderWay(azure.access(), address);
  }

  private static boolean isUnderWay(AzureAccess access, String address)
      throws ActionFailure, InterruptedException {
    return new Operation(access, address).ask().course() == Operation.Course.UNDER_WAY;
  }

  private static boolean succeeded(
      ActionContext context, AzureAccess access, String address, String doing)
      throws ActionFailure, InterruptedException {
    return await(context, access, address, doing).isPresent();
  }

  /** What Azure says of an operation that succeeded; empty when it no longer knows it. */
  private static Optional<Operation.Status> await(
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
            return Optional.of(status);
          }
          case FORGOTTEN -> {
            return Optional.empty();
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
    boolean point = moment || status.code().contains("RecoveryPoint");
    return ActionFailure.permanent(
        point ? FailureCode.PROOF_FAILED : FailureCode.TOOL_FAILED,
        "Azure could not " + doing + ": " + status.code() + ", " + status.reason(),
        point
            ? moment
                ? "An earlier moment may be within the archive."
                : "An older recovery point may be whole."
            : "See Azure's activity log for the operation.");
  }
}
