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
    ObjectKey key = target.key();
    ApiFailure forbidden =
        ApiFailure.forbidden(
            key,
            "User \"lab\" cannot "
                + verb
                + " resource \""
                + target.resource()
                + "\" in API group \""
                + target.type().group()
                + "\"");
    ApiFailure conflict =
        ApiFailure.conflict(
            key,
            "the object has been modified; please apply your changes to the latest version and"
                + " try again");
    return suffer(hit.get(), forbidden, conflict);
  }

  /**
   * Lets a question for the server's own health through.
   *
   * @param path as it was asked for
   * @return whether the server says that it is well
   * @throws ApiFailure what a rule says
   */
  boolean passHealth(String path) throws InterruptedException {
    Optional<Misbehaviours.Hit> hit = misbehaviours.meet("get", path, "");
    if (hit.isEmpty()) {
      return true;
    }
    if (hit.get().what().how() == Misbehaviour.How.NOT_READY) {
      return false;
    }
    ApiFailure forbidden =
        ApiFailure.of(403, "Forbidden", "forbidden: User \"lab\" cannot get path \"" + path + "\"");
    // Nobody changes what has no version: a conflict cannot be, so it is a refusal as well.
    suffer(hit.get(), forbidden, forbidden);
    return true;
  }

  private static Passed suffer(Misbehaviours.Hit hit, ApiFailure forbidden, ApiFailure conflict)
      throws InterruptedException {
    Misbehaviour what = hit.what();
    switch (what.how()) {
      case UNAUTHORIZED -> throw ApiFailure.of(401, "Unauthorized", "Unauthorized");
      case FORBIDDEN -> throw forbidden;
      case CONFLICT -> throw conflict;
      case THROTTLED ->
          throw ApiFailure.of(429, "TooManyRequests", "the server has received too many requests")
              .retryAfter(Math.max(1, what.retryAfterSeconds()));
      case ERROR ->
          throw ApiFailure.of(
              500, "InternalError", "Internal error occurred: etcdserver: leader" + " changed");
      case SLOW -> Thread.sleep(what.delayMillis());
      case HUNG -> hit.hang();
      case NOT_READY -> {
        // Of the server's health only.
      }
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
