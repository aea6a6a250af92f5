package io.arbitex.recovery.lab.kubernetes.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CreateBackoffTest {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final CreateBackoff backoff =
      new CreateBackoff(
          new Clock() {
            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
              return now;
            }
          });

  private static ObjectNode workload(String uid, int generation) {
    ObjectNode workload = Meta.JSON.createObjectNode();
    workload.putObject("metadata").put("uid", uid).put("generation", generation);
    return workload;
  }

  private long secondsUntilDue(ObjectNode workload) {
    Instant begin = now;
    while (!backoff.isDue(workload)) {
      now = now.plusMillis(250);
    }
    return Duration.between(begin, now).toSeconds();
  }

  @Test
  void pausesGrowToTheirLimit() {
    ObjectNode set = workload("a", 1);
    assertThat(backoff.isDue(set)).isTrue();
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      backoff.refused(set, "no room");
      pauses.add(secondsUntilDue(set));
    }
    assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  @Test
  void aChangedWorkloadTriesAtOnceAndStartsOver() {
    for (int i = 0; i < 6; i++) {
      backoff.refused(workload("a", 1), "no room");
    }
    ObjectNode changed = workload("a", 2);
    assertThat(backoff.isDue(changed)).isTrue();
    backoff.refused(changed, "no room still");
    assertThat(secondsUntilDue(changed)).isEqualTo(1);
    assertThat(backoff.refusal(changed)).contains("no room still");
  }

  @Test
  void anAnnotationIsAChangeAndWhatItsControllerReportsIsNone() {
    ObjectNode set = workload("a", 1);
    backoff.refused(set, "no room");
    set.withObject("/metadata").put("resourceVersion", "17");
    set.putObject("status").put("replicas", 0);
    assertThat(backoff.isDue(set)).isFalse();
    set.withObject("/metadata/annotations").put("released-by", "somebody");
    assertThat(backoff.isDue(set)).isTrue();
  }

  @Test
  void whatWasRefusedIsForgottenWithSuccess() {
    ObjectNode set = workload("a", 1);
    backoff.refused(set, "no room");
    assertThat(backoff.isDue(workload("b", 1))).isTrue();
    backoff.settled(set);
    assertThat(backoff.isDue(set)).isTrue();
    assertThat(backoff.refusal(set)).isEmpty();
  }
}
