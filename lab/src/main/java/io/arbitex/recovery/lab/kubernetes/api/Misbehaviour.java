package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.regex.Pattern;

/**
 * A rule: which requests go wrong, and how.
 *
 * @param verb as roles name it: get, list, watch, create, update, patch, delete, deletecollection;
 *     {@code *} for any
 * @param resource {@code pods}, {@code pods/exec}, {@code deployments/scale}, and {@code /readyz},
 *     {@code /livez}, {@code /healthz} as they are; {@code *} for any
 * @param name regular expression for the whole name; {@code .*} for any
 * @param how what happens
 * @param times how often; 0 for until it is cleared
 * @param delayMillis of a slow answer
 * @param retryAfterSeconds what a 429 says
 * @param afterBytes of output, after which an exec is cut; 0 for before any
 */
@JsonIgnoreProperties(ignoreUnknown = false)
public record Misbehaviour(
    String verb,
    String resource,
    String name,
    How how,
    int times,
    long delayMillis,
    int retryAfterSeconds,
    long afterBytes) {
  /** What happens to a request. */
  public enum How {
    /** 401: the token has expired. */
    UNAUTHORIZED,
    /** 403. */
    FORBIDDEN,
    /** 409: somebody else was faster. */
    CONFLICT,
    /** 429, with Retry-After. */
    THROTTLED,
    /** 500. */
    ERROR,
    /** It is answered, later. */
    SLOW,
    /** It is never answered, until the rule is cleared. */
    HUNG,
    /** A watch, also one that is open, ends with 410. */
    GONE,
    /** /readyz, /livez or /healthz tells of a check that failed, with 500. */
    NOT_READY,
    /** The connection of an exec is closed in the middle, without a status. */
    CUT
  }

  public Misbehaviour {
    verb = verb == null || verb.isEmpty() ? "*" : verb;
    resource = resource == null || resource.isEmpty() ? "*" : resource;
    name = name == null || name.isEmpty() ? ".*" : name;
    if (how == null) {
      throw new IllegalArgumentException("a misbehaviour says how");
    }
    Pattern.compile(name);
    if (times < 0 || delayMillis < 0 || retryAfterSeconds < 0 || afterBytes < 0) {
      throw new IllegalArgumentException("numbers of a misbehaviour are not negative");
    }
  }

  /** A rule for a verb and a resource, any name. */
  public static Misbehaviour of(String verb, String resource, How how, int times) {
    return new Misbehaviour(verb, resource, ".*", how, times, 0, 1, 0);
  }

  boolean concerns(String verb, String resource, String name) {
    return (this.verb.equals("*") || this.verb.equals(verb))
        && (this.resource.equals("*") || this.resource.equals(resource))
        && name.matches(this.name);
  }
}
