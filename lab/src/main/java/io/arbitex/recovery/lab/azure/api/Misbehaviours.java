package io.arbitex.recovery.lab.azure.api;

import io.arbitex.recovery.lab.azure.operations.Fate;
import io.arbitex.recovery.lab.azure.operations.Operations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The rules in force. The oldest that concerns a request counts, and is used up by it. */
public final class Misbehaviours implements Operations.Hangs {
  private final Map<Integer, Misbehaviour> rules = new LinkedHashMap<>();
  private final Map<Integer, Integer> used = new LinkedHashMap<>();
  private int last;

  /**
   * A rule that hit a request.
   *
   * @param id its number
   */
  private record Hit(int id, Misbehaviour what) {}

  /** Puts a rule in force; its number clears it. */
  public synchronized int add(Misbehaviour what) {
    rules.put(++last, what);
    return last;
  }

  /** The rules by number, those that are used up too: what hangs by them goes on when they go. */
  public synchronized Map<Integer, Misbehaviour> all() {
    return new LinkedHashMap<>(rules);
  }

  /** Ends a rule; false when there is none of the number. */
  public synchronized boolean clear(int id) {
    used.remove(id);
    boolean found = rules.remove(id) != null;
    notifyAll();
    return found;
  }

  public synchronized void clearAll() {
    used.clear();
    rules.clear();
    notifyAll();
  }

  /** The rule that this request meets, if any. */
  private Optional<Hit> meet(String method, String type, String name) {
    return meet(method, type, name, each -> !each.isUntrue());
  }

  /** The state that something is told to be in, though it is not; empty for the true one. */
  Optional<String> wrongState(String type, String name) {
    return meet("GET", type, name, each -> each == Misbehaviour.How.WRONG_STATE)
        .map(hit -> hit.what().state());
  }

  /** Whether a list is told to be empty. */
  boolean listsNothing(String type, String name) {
    return meet("GET", type, name, each -> each == Misbehaviour.How.LISTS_NOTHING).isPresent();
  }

  private synchronized Optional<Hit> meet(
      String method, String type, String name, Predicate<Misbehaviour.How> how) {
    for (Map.Entry<Integer, Misbehaviour> each : rules.entrySet()) {
      int before = used.getOrDefault(each.getKey(), 0);
      int times = each.getValue().times();
      if ((times == 0 || before < times)
          && how.test(each.getValue().how())
          && each.getValue().concerns(method, type, name)) {
        used.put(each.getKey(), before + 1);
        return Optional.of(new Hit(each.getKey(), each.getValue()));
      }
    }
    return Optional.empty();
  }

  /** Returns when the rule is not in force any more. */
  @Override
  public synchronized void await(int rule) throws InterruptedException {
    while (rules.containsKey(rule)) {
      wait();
    }
  }

  /**
   * Lets a request through as the rules want it: late, never, or not.
   *
   * @param type of the resource, in any case
   * @param name the last one of its path
   * @param forbidden what is said when the role was revoked
   * @return the fate of the operation that it begins
   * @throws ArmFailure what a rule says
   */
  Fate pass(String method, String type, String name, ArmFailure forbidden)
      throws InterruptedException {
    Optional<Hit> hit = meet(method, type, name);
    if (hit.isEmpty()) {
      return Fate.NORMAL;
    }
    Misbehaviour what = hit.get().what();
    String later = Integer.toString(Math.max(1, what.retryAfterSeconds()));
    return switch (what.how()) {
      case THROTTLED ->
          throw ArmFailure.with(
              429,
              "TooManyRequests",
              "The request is being throttled as the limit has been reached.",
              "Retry-After",
              later);
      case UNAVAILABLE ->
          throw ArmFailure.with(
              503, "ServiceUnavailable", "The service is unavailable.", "Retry-After", later);
      case FORBIDDEN -> throw forbidden;
      case BUSY -> throw ArmFailure.busy(name);
      case NAME_TAKEN -> throw ArmFailure.nameTaken(name);
      case SLOW -> {
        Thread.sleep(what.delayMillis());
        yield Fate.NORMAL;
      }
      case HUNG -> {
        await(hit.get().id());
        yield Fate.NORMAL;
      }
      case OPERATION_FAILS -> fate(Fate.How.FAILS, hit.get());
      case OPERATION_CANCELED -> fate(Fate.How.CANCELED, hit.get());
      case OPERATION_HANGS -> fate(Fate.How.HANGS, hit.get());
      case OPERATION_EXPIRES -> fate(Fate.How.EXPIRES, hit.get());
      case OPERATION_SLOW -> fate(Fate.How.SLOW, hit.get());
      case STOPS_SHORT -> fate(Fate.How.STOPS_SHORT, hit.get());
      case JOB_FAILS -> fate(Fate.How.JOB_FAILS, hit.get());
      case JOB_BREAKS_OFF -> fate(Fate.How.JOB_BREAKS_OFF, hit.get());
      case JOB_HANGS -> fate(Fate.How.JOB_HANGS, hit.get());
      case JOB_WARNS -> fate(Fate.How.JOB_WARNS, hit.get());
      case JOB_DOES_NOTHING -> fate(Fate.How.JOB_DOES_NOTHING, hit.get());
      case WRONG_STATE, LISTS_NOTHING ->
          throw new IllegalStateException(what.how() + " concerns no request");
    };
  }

  private static Fate fate(Fate.How how, Hit hit) {
    return new Fate(how, hit.id(), hit.what().delayMillis());
  }
}
