package io.arbitex.recovery.lab.azure.api;

import io.arbitex.recovery.lab.azure.operations.Operations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
  record Hit(int id, Misbehaviour what) {}

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
  synchronized Optional<Hit> meet(String method, ArmPath path) {
    for (Map.Entry<Integer, Misbehaviour> each : rules.entrySet()) {
      int before = used.getOrDefault(each.getKey(), 0);
      int times = each.getValue().times();
      if ((times == 0 || before < times) && each.getValue().concerns(method, path)) {
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
}
