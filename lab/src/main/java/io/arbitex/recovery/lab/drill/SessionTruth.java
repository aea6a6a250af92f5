package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.lab.traffic.SessionLedger;
import io.arbitex.recovery.lab.world.Lab;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * What really became of the sessions, from the clients' own ledger and from Redis itself: nobody of
 * the pipeline can see this.
 *
 * @param acknowledged sessions that clients had been told were kept, before the break
 * @param lost of those, how many are not there any more
 * @param before of the acknowledged, how many before the moment that was restored
 * @param lostBefore of those, how many are not there; must be 0
 * @param wrong how many of all are there with another value; must be 0
 */
public record SessionTruth(long acknowledged, long lost, long before, long lostBefore, long wrong) {

  /** Sessions that are acknowledged by now. */
  static List<SessionLedger.Entry> ledger(Lab lab) throws IOException {
    return SessionLedger.read(lab.requireState().file("sessions"));
  }

  /**
   * Looks each session up in Redis.
   *
   * @param ledger as it was at the break
   * @param restored the moment up to which everything must be there
   */
  static SessionTruth of(Lab lab, List<SessionLedger.Entry> ledger, Instant restored)
      throws IOException {
    List<String> found =
        lab.redis().sessions(ledger.stream().map(SessionLedger.Entry::id).toList());
    long lost = 0;
    long before = 0;
    long lostBefore = 0;
    long wrong = 0;
    for (int i = 0; i < ledger.size(); i++) {
      boolean early = ledger.get(i).at().isBefore(restored);
      before += early ? 1 : 0;
      if (found.get(i) == null) {
        lost++;
        lostBefore += early ? 1 : 0;
      } else if (!found.get(i).equals(ledger.get(i).session())) {
        wrong++;
      }
    }
    return new SessionTruth(ledger.size(), lost, before, lostBefore, wrong);
  }

  /** In words. */
  String line() {
    return "%d sessions acknowledged before the break, %d of them lost; of the %d from before the restored moment %d lost, %d with another value"
        .formatted(acknowledged, lost, before, lostBefore, wrong);
  }

  /** Demands that what must be there is, with its value. */
  void demand(List<String> failures, String when) {
    Demand.that(
        failures,
        "every session of before the restored moment is there " + when,
        lostBefore == 0 && wrong == 0,
        lostBefore + " lost, " + wrong + " with another value");
  }
}
