package io.arbitex.recovery.lab.kubernetes.api;

import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;

/** What every request has to pass: the token, and the rules of misbehaviour. */
final class Gate {
  private final byte[] expected;
  private final Misbehaviours misbehaviours;

  Gate(String token, Misbehaviours misbehaviours) {
    this.expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    this.misbehaviours = misbehaviours;
  }

  /**
   * @param authorization the header, or null
   * @throws ApiFailure 401 without the token
   */
  void authenticate(String authorization) {
    byte[] given = (authorization == null ? "" : authorization).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, given)) {
      throw ApiFailure.of(401, "Unauthorized", "Unauthorized");
    }
  }

  /** Whether a request would be refused with 403. */
  boolean forbids(String verb, String resource, String name) {
    return misbehaviours.forbids(verb, resource, name);
  }

  /** What a request that may go on still has to suffer. */
  record Passed(boolean watchIsGone, OptionalLong cutAfter) {}

  /**
   * Lets a request through as the rules want it: late, never, or not.
   *
   * @throws ApiFailure what a rule says
   */
  Passed pass(String verb, RequestTarget target) throws InterruptedException {
    Optional<Misbehaviours.Hit> hit = misbehaviours.meet(verb, target.resource(), target.name());
    if (hit.isEmpty()) {
      return new Passed(false, OptionalLong.empty());
    }
    Misbehaviour what = hit.get().what();
    ObjectKey key = target.key();
    switch (what.how()) {
      case UNAUTHORIZED -> throw ApiFailure.of(401, "Unauthorized", "Unauthorized");
      case FORBIDDEN ->
          throw ApiFailure.forbidden(
              key,
              "User \"lab\" cannot "
                  + verb
                  + " resource \""
                  + target.resource()
                  + "\" in API group \""
                  + target.type().group()
                  + "\"");
      case CONFLICT ->
          throw ApiFailure.conflict(
              key,
              "the object has been modified; please apply your changes to the latest version and"
                  + " try again");
      case THROTTLED ->
          throw ApiFailure.of(429, "TooManyRequests", "the server has received too many requests")
              .retryAfter(Math.max(1, what.retryAfterSeconds()));
      case ERROR ->
          throw ApiFailure.of(
              500, "InternalError", "Internal error occurred: etcdserver: leader" + " changed");
      case SLOW -> Thread.sleep(what.delayMillis());
      case HUNG -> hit.get().hang();
      case GONE -> {
        return new Passed(true, OptionalLong.empty());
      }
      case CUT -> {
        return new Passed(false, OptionalLong.of(what.afterBytes()));
      }
    }
    return new Passed(false, OptionalLong.empty());
  }
}
