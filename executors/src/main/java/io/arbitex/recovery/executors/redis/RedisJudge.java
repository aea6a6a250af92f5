package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.redis.RedisDoor;
import io.arbitex.recovery.checks.redis.RedisErrors;
import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodCommand;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What the source is now. One that answers, takes a write and has its keys is sound, and is only
 * replaced when a person approved it. One that lives without its keys came back empty: that is what
 * the restore is for. One that hangs or refuses writes has keys that a person must weigh.
 */
final class RedisJudge {
  static final String PROBE = "recovery:probe";
  private static final Duration ANSWER = Duration.ofSeconds(4);
  private static final Duration PROBE_LIFE = Duration.ofSeconds(1);

  private final RedisTarget target;

  RedisJudge(RedisTarget target) {
    this.target = target;
  }

  /**
   * What was found, where a cutover may go on.
   *
   * @param state as in {@link RedisFacts#SOURCE_STATE}
   */
  record Found(String state, String detail) {}

  /**
   * Looks at the source by the door of its clients, and in its pod when that door is shut.
   *
   * @throws ActionFailure SOURCE_SOUND when it is sound; NOT_CONFIRMED when it lives and a person
   *     must say so; PREFLIGHT when it cannot be judged
   */
  Found judge(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String name = target.redis().host() + ":" + target.redis().port();
    RedisInfo info;
    try (RedisDoor door = new RedisDoor(target.redis(), ANSWER);
        RedisDoor.Session open = door.open()) {
      info = open.info();
      if (info.number("loading").orElse(0) != 0) {
        throw loading(name, null);
      }
      open.write(PROBE, "1", PROBE_LIFE);
    } catch (IOException e) {
      throw noPassword(e);
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        InterruptedException interrupted = new InterruptedException("while asking " + name);
        interrupted.initCause(e);
        throw interrupted;
      }
      return explain(context, session, name, e);
    }
    return weigh(context, name, info);
  }

  private Found weigh(ActionContext context, String name, RedisInfo info) throws ActionFailure {
    long keys = info.keys();
    long least = least(context);
    if (keys < least) {
      return new Found(
          "missing", name + " has " + keys + " keys; " + least + " at least were expected");
    }
    if (!mayLive(context)) {
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          name + " answers, takes writes and has " + keys + " keys; it is not replaced",
          "Nothing. To replace it all the same, approve the plan. What was prepared stays in"
              + " .recovery on the volume.");
    }
    return new Found("sound", name + " has " + keys + " keys; its replacement is approved");
  }

  /** Below so many keys the data counts as missing: by the share that the inventory says. */
  private long least(ActionContext context) {
    long keys = context.fact(RedisFacts.KEYS).map(Long::parseLong).orElse(0L);
    return keys == 0 ? 0 : Math.max(1, (long) Math.ceil(keys * target.redis().collapse()));
  }

  private static boolean mayLive(ActionContext context) {
    return context.fact(RedisFacts.SOURCE_MAY_LIVE).filter("true"::equals).isPresent();
  }

  private Found explain(
      ActionContext context, ClusterSession session, String name, RuntimeException error)
      throws ActionFailure, InterruptedException {
    RedisErrors.Diagnosis found = RedisErrors.diagnose(error);
    String detail = name + ": " + found.message();
    return switch (found.symptom()) {
      case UNREACHABLE -> inItsPod(context, session, detail);
      case HUNG -> living(context, "hung", detail);
      case WRITES_REFUSED -> living(context, "refuses-writes", detail);
      case STARTING, TOO_MANY_CONNECTIONS -> throw loading(detail, error);
      default ->
          throw new ActionFailure(
              FailureCode.PREFLIGHT,
              "the source lives but cannot be judged, so it is not replaced: "
                  + detail
                  + " ("
                  + found.symptom()
                  + ")",
              "See 'password' of the inventory, and whether it is a replica.",
              false,
              error);
    };
  }

  /** The door is shut: then Redis is away, or only our way to it is. */
  private Found inItsPod(ActionContext context, ClusterSession session, String detail)
      throws ActionFailure, InterruptedException {
    Optional<PodRedis> inside = PodRedis.find(session, target);
    if (inside.isEmpty()) {
      return new Found(RedisFacts.UNREACHABLE, detail);
    }
    RedisInfo info;
    try {
      info = inside.get().info(context);
    } catch (ActionFailure e) {
      if (PodCommand.wasLate(e)) {
        return living(context, "hung", detail + "; in its pod: " + e.getMessage());
      }
      if (PodRedis.wasRefused(e)) {
        return new Found(RedisFacts.UNREACHABLE, detail + "; in its pod: " + e.getMessage());
      }
      throw e;
    }
    if (info.number("loading").orElse(0) != 0) {
      throw loading("in its pod, not at its door (" + detail + "), it is loading", null);
    }
    return weigh(context, "in its pod, not at its door (" + detail + "), it", info);
  }

  private static Found living(ActionContext context, String state, String detail)
      throws ActionFailure {
    if (!mayLive(context)) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the source lives but is not sound ("
              + state
              + "), and to replace a living source is not approved: "
              + detail,
          "Look at it: mend it, or approve the plan to replace it all the same.");
    }
    context.progress("the source lives but is not sound (" + state + "), approved: " + detail);
    return new Found(state, detail);
  }

  private static ActionFailure loading(String detail, Throwable cause) {
    return new ActionFailure(
        FailureCode.NOT_CONFIRMED,
        "the source is starting or full of connections, and may become sound: " + detail,
        "Nothing, if it comes up; else see its log.",
        true,
        cause);
  }

  static ActionFailure noPassword(IOException cause) {
    return new ActionFailure(
        FailureCode.PREFLIGHT,
        "the password of Redis cannot be read: " + cause,
        "Put the secret back to where 'password' of the inventory points.",
        false,
        cause);
  }
}
