package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LossMeasurementTest {
  private static final Instant START = Instant.parse("2026-03-10T14:00:00Z");

  private static Baseline canary(Instant at, long head, String source) {
    return Baseline.newBuilder()
        .setPlatform("lab")
        .setComponent("postgresql")
        .setKind(BaselineKind.CANARY)
        .setSource(source)
        .setTakenAt(at)
        .setCounts(List.of())
        .setAlembicHead("")
        .setAuditCount(head)
        .setAuditHeadId(head)
        .setAuditHeadHmac("")
        .setCanaryId(at.toEpochMilli() * 1000)
        .build();
  }

  private static Instant at(double seconds) {
    return START.plusNanos((long) (seconds * 1e9));
  }

  private static long id(Instant at) {
    return at.toEpochMilli() * 1000;
  }

  @Test
  void aSteadyStreamIsMeasuredNarrowly() {
    List<Baseline> canaries = new ArrayList<>();
    for (int second = 0; second <= 60; second++) {
      canaries.add(canary(at(second), 100L * second, "a"));
    }
    LossMeasurement.Loss loss =
        LossMeasurement.measure(
            canaries,
            new LossMeasurement.Restored(OptionalLong.of(id(at(30))), 3050, at(30.5)),
            at(61),
            LossMeasurement.Margins.DEFAULT);
    // Truth: from 30.5 to somewhere in 60…61, events 3051 to about 6000…6100.
    assertThat(loss.secondsMin()).isEqualTo(28.0);
    assertThat(loss.secondsMax()).isEqualTo(32.0);
    assertThat(loss.eventsMin()).isEqualTo(2950 - 16);
    assertThat(loss.eventsMax()).isEqualTo(2950 + 400 + 16);
    assertThat(loss.evidence()).contains("head 6000").contains("restored head 3050");
  }

  @Test
  void withoutCanariesTheLossIsBoundedByTheRestorePointOnly() {
    LossMeasurement.Loss loss =
        LossMeasurement.measure(
            List.of(),
            new LossMeasurement.Restored(OptionalLong.empty(), 10, at(0)),
            at(60),
            LossMeasurement.Margins.DEFAULT);
    assertThat(loss.secondsMin()).isZero();
    assertThat(loss.secondsMax()).isEqualTo(61.0);
    assertThat(loss.eventsMin()).isZero();
    assertThat(loss.eventsMax()).isEqualTo(LossMeasurement.UNBOUNDED);
  }

  @Test
  void nothingLostIsNotMadeALoss() {
    LossMeasurement.Loss loss =
        LossMeasurement.measure(
            List.of(canary(at(0), 10, "a"), canary(at(1), 10, "a")),
            new LossMeasurement.Restored(OptionalLong.of(id(at(1))), 10, at(1)),
            at(2),
            LossMeasurement.Margins.DEFAULT);
    assertThat(loss.secondsMin()).isZero();
    assertThat(loss.eventsMin()).isZero();
  }

  @Test
  void canariesOfBeforeAnEarlierRestoreDoNotCount() {
    List<Baseline> canaries = new ArrayList<>();
    for (int second = 0; second <= 100; second++) {
      canaries.add(canary(at(second), 1000L * second, "a"));
    }
    for (int second = 110; second <= 120; second++) {
      canaries.add(canary(at(second), 50_000 + 10L * (second - 110), "a"));
    }
    LossMeasurement.Loss loss =
        LossMeasurement.measure(
            canaries,
            new LossMeasurement.Restored(OptionalLong.of(id(at(115))), 50_055, at(115.5)),
            at(121),
            LossMeasurement.Margins.DEFAULT);
    assertThat(loss.eventsMax()).isLessThan(200);
    assertThat(loss.secondsMax()).isEqualTo(7.0);
  }

  @Test
  void theTruthAlwaysLiesInside() {
    long seed = new Random().nextLong();
    for (int round = 0; round < 2_000; round++) {
      Random random = new Random(seed + round);
      checkOneWorld(random, "seed " + (seed + round));
    }
  }

  /** A world with its own rate, observers, clock errors, restore moment and failure. */
  private static void checkOneWorld(Random random, String seed) {
    double rate = 1 + random.nextInt(500);
    double restore = 5 + random.nextDouble() * 40;
    double failure = restore + 0.5 + random.nextDouble() * 40;
    List<Double> commits = new ArrayList<>();
    for (double t = 0; t < failure; t += (0.5 + random.nextDouble()) / rate) {
      commits.add(t);
    }
    List<Baseline> canaries = new ArrayList<>();
    OptionalLong newest = OptionalLong.empty();
    int observers = 1 + random.nextInt(3);
    for (int observer = 0; observer < observers; observer++) {
      double error = (random.nextDouble() - 0.5) * 0.4;
      for (double t = random.nextDouble(); t < failure; t += 1 + random.nextDouble() * 0.1) {
        // Stamped by the observer's clock first, written a little later.
        double written = t + random.nextDouble() * 0.05;
        if (written >= failure) {
          continue;
        }
        Baseline canary = canary(at(t + error), headAt(commits, written), "observer-" + observer);
        canaries.add(canary);
        if (written <= restore && canary.getCanaryId() > newest.orElse(0)) {
          newest = OptionalLong.of(canary.getCanaryId());
        }
      }
    }
    long restoredHead = headAt(commits, restore);
    LossMeasurement.Loss loss =
        LossMeasurement.measure(
            canaries,
            new LossMeasurement.Restored(newest, restoredHead, at(restore)),
            at(failure + random.nextDouble()),
            LossMeasurement.Margins.DEFAULT);
    double lastCommit = commits.get(commits.size() - 1);
    assertThat(lastCommit).isLessThan(failure);
    assertThat((double) commits.size() - restoredHead)
        .as(seed)
        .isBetween((double) loss.eventsMin(), (double) loss.eventsMax());
    assertThat(failure - restore).as(seed).isBetween(loss.secondsMin(), loss.secondsMax());
  }

  private static long headAt(List<Double> commits, double moment) {
    int found = Collections.binarySearch(commits, moment);
    return found >= 0 ? found + 1 : -found - 1;
  }

  @Test
  void moreMarginNeverNarrows() {
    List<Baseline> canaries = List.of(canary(at(0), 0, "a"), canary(at(10), 1000, "a"));
    LossMeasurement.Restored restored =
        new LossMeasurement.Restored(OptionalLong.of(id(at(0))), 5, at(0.1));
    LossMeasurement.Loss narrow =
        LossMeasurement.measure(
            canaries, restored, at(11), new LossMeasurement.Margins(Duration.ZERO, 1, 0));
    LossMeasurement.Loss wide =
        LossMeasurement.measure(canaries, restored, at(11), LossMeasurement.Margins.DEFAULT);
    assertThat(narrow.eventsMin()).isEqualTo(995);
    assertThat(wide.eventsMin()).isLessThan(narrow.eventsMin());
    assertThat(wide.eventsMax()).isGreaterThan(narrow.eventsMax());
    assertThat(wide.secondsMax()).isGreaterThan(narrow.secondsMax());
    assertThat(wide.secondsMin()).isLessThanOrEqualTo(narrow.secondsMin());
  }
}
