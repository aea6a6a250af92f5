package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A rule: which requests go wrong, and how.
 *
 * @param method of HTTP; {@code *} for any
 * @param resource {@code flexibleServers}, {@code flexibleServers/firewallRules}, {@code
 *     flexibleServers/start}, {@code locations/azureAsyncOperation}, {@code
 *     backupVaults/backupInstances/restore}, {@code dnsZones/CNAME}, {@code secrets} of a key
 *     vault; {@code *} for any
 * @param name regular expression for the whole last name of the path; {@code .*} for any
 * @param how what happens
 * @param times how often; 0 for until it is cleared
 * @param delayMillis of a slow answer or operation; how much a restore stops short
 * @param retryAfterSeconds what a 429 or 503 says
 * @param state what is told in {@link How#WRONG_STATE}; else null
 */
@JsonIgnoreProperties(ignoreUnknown = false)
public record Misbehaviour(
    String method,
    String resource,
    String name,
    How how,
    int times,
    long delayMillis,
    int retryAfterSeconds,
    String state) {
  /** What happens to a request, or to the operation that it begins. */
  public enum How {
    /** 429, with Retry-After. */
    THROTTLED,
    /** 503. */
    UNAVAILABLE,
    /** 403: the role was revoked. */
    FORBIDDEN,
    /** 409: another operation runs. */
    BUSY,
    /** 409: somebody else has the name. */
    NAME_TAKEN,
    /** It is answered, later. */
    SLOW,
    /** It is never answered, until the rule is cleared. */
    HUNG,
    /** The operation that it begins ends as Failed. */
    OPERATION_FAILS,
    /** The operation that it begins ends as Canceled. */
    OPERATION_CANCELED,
    /** The operation that it begins stays InProgress until the rule is cleared. */
    OPERATION_HANGS,
    /** The operation that it begins is done, but its status is 404. */
    OPERATION_EXPIRES,
    /** The operation that it begins waits first. */
    OPERATION_SLOW,
    /** The restore that it begins ends before its moment, and says that all is well. */
    STOPS_SHORT,
    /** The job that it begins ends as Failed, and nothing was done. */
    JOB_FAILS,
    /** The job that it begins ends as Failed in the middle: a restore after half of its objects. */
    JOB_BREAKS_OFF,
    /** The job that it begins stays InProgress until the rule is cleared, and then goes on. */
    JOB_HANGS,
    /** The job that it begins leaves out one object, and ends as CompletedWithWarnings. */
    JOB_WARNS,
    /** The job that it begins ends as Completed, and nothing was restored, or backed up. */
    JOB_DOES_NOTHING,
    /** What is read says that it is in a state in which it is not. */
    WRONG_STATE,
    /** A list that is read is empty. */
    LISTS_NOTHING;

    /** Whether it changes an answer only, and no request. */
    boolean isUntrue() {
      return this == WRONG_STATE || this == LISTS_NOTHING;
    }
  }

  public Misbehaviour {
    method = method == null || method.isEmpty() ? "*" : method.toUpperCase(Locale.ROOT);
    resource = resource == null || resource.isEmpty() ? "*" : resource;
    name = name == null || name.isEmpty() ? ".*" : name;
    if (how == null) {
      throw new IllegalArgumentException("a misbehaviour says how");
    }
    Pattern.compile(name);
    if (times < 0 || delayMillis < 0 || retryAfterSeconds < 0) {
      throw new IllegalArgumentException("numbers of a misbehaviour are not negative");
    }
    if ((how == How.WRONG_STATE) != (state != null)) {
      throw new IllegalArgumentException("WRONG_STATE, and only it, names a state");
    }
  }

  /** A rule that names no state. */
  public Misbehaviour(
      String method,
      String resource,
      String name,
      How how,
      int times,
      long delayMillis,
      int retryAfterSeconds) {
    this(method, resource, name, how, times, delayMillis, retryAfterSeconds, null);
  }

  /** A rule for a method and a resource, any name. */
  public static Misbehaviour of(String method, String resource, How how, int times) {
    return new Misbehaviour(method, resource, ".*", how, times, 0, 1);
  }

  /**
   * A rule by which one of a resource is told to be in a state, until it is cleared.
   *
   * @param name regular expression for its name
   */
  public static Misbehaviour wrongState(String resource, String name, String state) {
    return new Misbehaviour("GET", resource, name, How.WRONG_STATE, 0, 0, 1, state);
  }

  /** The same, with a time. */
  public Misbehaviour after(long millis) {
    return new Misbehaviour(method, resource, name, how, times, millis, retryAfterSeconds, state);
  }

  boolean concerns(String method, String type, String lastName) {
    return (this.method.equals("*") || this.method.equals(method))
        && (resource.equals("*") || resource.equalsIgnoreCase(type))
        && lastName.matches(name);
  }
}
