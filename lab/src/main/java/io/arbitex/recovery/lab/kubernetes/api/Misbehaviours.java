package io.arbitex.recovery.lab.kubernetes.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The rules in force. The oldest that concerns a request counts, and is used up by it. */
public final class Misbehaviours {
  /** A hung request is let go then, so that a forgotten rule does not hold threads for ever. */
  private static final long LONGEST_HANG_MINUTES = 30;

  private static final class Rule {
    private final int id;
    private final Misbehaviour what;
    private final CountDownLatch cleared = new CountDownLatch(1);
    private int used;

    private Rule(int id, Misbehaviour what) {
      this.id = id;
      this.what = what;
    }
  }

  private final List<Rule> rules = new ArrayList<>();
  private int last;

  /**
   * A rule that hit a request.
   *
   * @param cleared opens when the rule is cleared
   */
  record Hit(Misbehaviour what, CountDownLatch cleared) {
    void hang() throws InterruptedException {
      cleared.await(LONGEST_HANG_MINUTES, TimeUnit.MINUTES);
    }
  }

  /** Puts a rule in force; its number clears it. */
  public synchronized int add(Misbehaviour what) {
    rules.add(new Rule(++last, what));
    return last;
  }

  /** The rules by number. */
  public synchronized Map<Integer, Misbehaviour> all() {
    Map<Integer, Misbehaviour> all = new LinkedHashMap<>();
    rules.forEach(rule -> all.put(rule.id, rule.what));
    return all;
  }

  /** How often a rule in force has hit; 0 when it is not in force. */
  public synchronized int hits(int id) {
    return rules.stream().filter(rule -> rule.id == id).mapToInt(rule -> rule.used).sum();
  }

  /** Ends a rule; false when there is none of the number. */
  public synchronized boolean clear(int id) {
    boolean found = false;
    for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
      Rule rule = each.next();
      if (rule.id == id) {
        rule.cleared.countDown();
        each.remove();
        found = true;
      }
    }
    return found;
  }

  public synchronized void clearAll() {
    rules.forEach(rule -> rule.cleared.countDown());
    rules.clear();
  }

  /** Whether a request would be answered with 403; uses no rule up. */
  synchronized boolean forbids(String verb, String resource, String name) {
    return rules.stream()
        .map(rule -> rule.what)
        .filter(what -> what.how() == Misbehaviour.How.FORBIDDEN)
        .anyMatch(what -> what.concerns(verb, resource, name));
  }

  /** The rule that this request meets, if any. */
  synchronized Optional<Hit> meet(String verb, String resource, String name) {
    for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
      Rule rule = each.next();
      if (rule.what.concerns(verb, resource, name)) {
        rule.used++;
        if (rule.what.times() > 0 && rule.used >= rule.what.times()) {
          each.remove();
        }
        return Optional.of(new Hit(rule.what, rule.cleared));
      }
    }
    return Optional.empty();
  }
}
