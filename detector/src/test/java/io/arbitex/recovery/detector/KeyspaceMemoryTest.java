package io.arbitex.recovery.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyspaceMemoryTest {
  private Instant now = Instant.parse("2026-11-24T03:00:00Z");
  private Optional<KeyspaceMemory.Known> point = Optional.empty();
  private final KeyspaceMemory memory = new KeyspaceMemory(0.1, () -> point);

  private Optional<Symptom> look(String run, long up, long keys, long expired) {
    now = now.plusSeconds(1);
    String text =
        "run_id:%s\nuptime_in_seconds:%d\nexpired_keys:%d\ndb0:keys=%d,expires=0"
            .formatted(run, up, expired, keys);
    return memory.judge(RedisInfo.parse(text), now).map(KeyspaceMemory.Finding::symptom);
  }

  @Test
  void newLoginsDoNotHideThatTheOldOnesAreGone() {
    assertThat(look("a", 1_000, 10_000, 0)).isEmpty();
    assertThat(look("a", 1_000, 0, 0)).contains(Symptom.DATA_MISSING);
    assertThat(look("a", 1_000, 5_000, 0)).as("half is not all").contains(Symptom.DATA_MISSING);
    assertThat(look("a", 1_000, 9_500, 0)).isEmpty();
  }

  @Test
  void aRestartThatLostMostOfItIsALossThoughMoreThanTheShareIsLeft() {
    assertThat(look("a", 1_000, 10_000, 0)).isEmpty();
    assertThat(look("b", 1, 4_000, 0)).contains(Symptom.DATA_LOST);
  }

  @Test
  void aRestartThatKeptItsKeysIsNone() {
    assertThat(look("a", 1_000, 10_000, 0)).isEmpty();
    assertThat(look("b", 1, 9_990, 0)).isEmpty();
  }

  @Test
  void aLossInStepsIsALoss() {
    assertThat(look("a", 1_000, 100_000, 0)).isEmpty();
    assertThat(look("a", 1_000, 20_000, 0)).isEmpty();
    assertThat(look("a", 1_000, 4_000, 0)).contains(Symptom.DATA_MISSING);
  }

  @Test
  void whatSinksSlowlyIsTheNewNormal() {
    for (long keys = 10_000; keys > 200; keys -= 100) {
      assertThat(look("a", 1_000, keys, 0)).isEmpty();
      now = now.plus(Duration.ofMinutes(5));
    }
  }

  /** Review: the expired keys of weeks explained away a flush of this minute. */
  @Test
  void countersOfBeforeTheRestorePointExplainNothing() {
    point = Optional.of(new KeyspaceMemory.Known(5_000, now.minusSeconds(600)));
    assertThat(look("a", 5_000_000, 0, 80_000_000)).contains(Symptom.DATA_MISSING);
  }

  @Test
  void aServerThatIsYoungerThanTheRestorePointHasRestarted() {
    point = Optional.of(new KeyspaceMemory.Known(5_000, now.minusSeconds(600)));
    assertThat(look("a", 10, 0, 0)).contains(Symptom.DATA_LOST);
  }

  @Test
  void keysThatWentByThemselvesAreNotMissing() {
    assertThat(look("a", 1_000, 10_000, 7)).isEmpty();
    assertThat(look("a", 1_000, 100, 9_000)).isEmpty();
  }

  @Test
  void afterADayWhatIsThereCountsAsMeant() {
    assertThat(look("a", 1_000, 10_000, 0)).isEmpty();
    assertThat(look("a", 1_000, 0, 0)).contains(Symptom.DATA_MISSING);
    now = now.plus(KeyspaceMemory.HELD_AGAINST);
    assertThat(look("a", 1_000, 0, 0)).isEmpty();
  }

  @Test
  void aSmallKeyspaceAndAShareOfZeroAreNeverMissing() {
    assertThat(look("a", 1_000, KeyspaceMemory.LEAST - 1, 0)).isEmpty();
    assertThat(look("a", 1_000, 0, 0)).isEmpty();
  }
}
