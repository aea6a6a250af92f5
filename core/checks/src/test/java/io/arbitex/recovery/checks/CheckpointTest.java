package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.TableCount;
import io.arbitex.recovery.schemas.Framing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final byte[] KEY = "the-audit-key".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "another-key".getBytes(StandardCharsets.UTF_8);

  private static Baseline checkpoint() {
    Baseline proven =
        Baseline.newBuilder()
            .setPlatform("weu-1")
            .setComponent("postgresql")
            .setKind(BaselineKind.BASELINE)
            .setSource("observer-a")
            .setTakenAt(Instant.parse("2026-11-24T10:00:00.123456Z"))
            .setCounts(List.of(new TableCount("tenants", 200L), new TableCount("policy_rules", 7L)))
            .setAlembicHead("a1b2")
            .setAuditCount(1_000)
            .setAuditHeadId(1_000)
            .setAuditHeadHmac("ab".repeat(32))
            .setDatabaseBytes(5_000_000)
            .build();
    return Checkpoint.sign(proven, "primary", 3, KEY);
  }

  private static boolean isBelieved(Baseline read, byte[] key) {
    return Checkpoint.verified(read, "weu-1", "postgresql", key).isPresent();
  }

  @Test
  void whatWasSignedIsBelievedAfterItsWayOverTheTopic() {
    Framing framing = new Framing();
    Baseline read = framing.decode(framing.encode(checkpoint()), Baseline.class);
    assertThat(Checkpoint.verified(read, "weu-1", "postgresql", KEY)).contains(checkpoint());
    assertThat(read.getKind()).isEqualTo(BaselineKind.CHECKPOINT);
    assertThat(read.getResource()).isEqualTo("primary");
    assertThat(read.getBindingEpoch()).isEqualTo(3);
  }

  @Test
  void anotherPlatformOrComponentOrKeyIsNotBelieved() {
    assertThat(Checkpoint.verified(checkpoint(), "weu-2", "postgresql", KEY)).isEmpty();
    assertThat(Checkpoint.verified(checkpoint(), "weu-1", "redis", KEY)).isEmpty();
    assertThat(isBelieved(checkpoint(), OTHER)).isFalse();
  }

  @Test
  void whatIsNoCheckpointIsNotBelievedWhateverItsSignature() {
    assertForged(forged -> forged.setKind(BaselineKind.BASELINE));
    assertForged(forged -> forged.setSignature(""));
  }

  @Test
  void everyChangeBreaksTheSignature() {
    assertForged(forged -> forged.setSource("observer-b"));
    assertForged(forged -> forged.setResource("spare"));
    assertForged(forged -> forged.setBindingEpoch(4));
    assertForged(forged -> forged.setTakenAt(forged.getTakenAt().plusNanos(1_000)));
    assertForged(forged -> forged.setAuditCount(999));
    assertForged(forged -> forged.setAuditHeadId(999));
    assertForged(forged -> forged.setAuditHeadHmac("cd".repeat(32)));
    assertForged(forged -> forged.setAlembicHead("a1b3"));
    assertForged(forged -> forged.setDatabaseBytes(1));
    assertForged(forged -> forged.setCounts(List.of(new TableCount("tenants", 200L))));
    assertForged(
        forged ->
            forged.setCounts(
                List.of(new TableCount("tenants", 100L), new TableCount("policy_rules", 7L))));
  }

  private static void assertForged(Consumer<Baseline> change) {
    Baseline forged = checkpoint();
    change.accept(forged);
    assertThat(isBelieved(forged, KEY)).as(forged.toString()).isFalse();
  }
}
