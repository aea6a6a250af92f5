package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Who changes an object of the cluster, as its annotation says. Tokens grow within one command;
 * between commands the moment of issue decides, since tokens begin anew when Kafka is rebuilt.
 *
 * @param token of the intent
 */
public record OwnerMark(long token, String command, Instant issuedAt) {

  public static OwnerMark of(ActionContext context) {
    return new OwnerMark(
        context.token(), context.command().getCommandId(), context.command().getIssuedAt());
  }

  /** As it stands in an annotation. */
  public String text() {
    return token + " " + command + " " + issuedAt;
  }

  /**
   * Reads an annotation.
   *
   * @throws ActionFailure PREFLIGHT when somebody else wrote something there
   */
  public static OwnerMark parse(String text) throws ActionFailure {
    String[] words = text.strip().split(" +", 3);
    try {
      return new OwnerMark(Long.parseLong(words[0]), words[1], Instant.parse(words[2]));
    } catch (NumberFormatException | IndexOutOfBoundsException | DateTimeException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "the owner mark '" + text + "' is damaged",
          "See who wrote it; take the annotation off when no recovery runs.",
          false,
          e);
    }
  }

  /** Whether the other may not change anything any more where this one's mark stands. */
  public boolean laterThan(OwnerMark other) {
    if (command.equals(other.command)) {
      return token > other.token;
    }
    return issuedAt.equals(other.issuedAt) ? token > other.token : issuedAt.isAfter(other.issuedAt);
  }

  /**
   * Refuses an owner that came too late.
   *
   * @param found what stands there now
   * @throws ActionFailure OWNERSHIP_LOST when it belongs to a later owner than this
   */
  void refuseIfBarred(Optional<OwnerMark> found) throws ActionFailure {
    if (found.filter(other -> other.laterThan(this)).isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.OWNERSHIP_LOST,
          "a later owner works on it: " + found.get().text(),
          "Nothing, when that command goes on. When it belongs to a pipeline that is gone, take the"
              + " annotation "
              + RecoveryNotes.OWNER
              + " off and retry.");
    }
  }
}
