package io.arbitex.recovery.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Symptom;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class FramingTest {
  private final Framing framing = new Framing();
  private final Binding binding =
      Binding.newBuilder()
          .setPlatform("lab")
          .setComponent("postgresql")
          .setResource("primary")
          .setEpoch(1)
          .setFacts(List.of(new Fact("host", "127.0.0.1")))
          .setIncidentId("")
          .setCommandId("")
          .setAt(Instant.parse("2026-11-22T10:00:00.000001Z"))
          .build();

  @Test
  void aRecordComesBackAsItWasUnderTheIdOfTheCatalogue() {
    byte[] bytes = framing.encode(binding);
    assertThat(ByteBuffer.wrap(bytes, 1, 4).getInt()).isEqualTo(1011);
    assertThat(framing.decode(bytes, Binding.class)).isEqualTo(binding);
    assertThat(framing.encode(framing.decode(bytes, Binding.class))).isEqualTo(bytes);
  }

  @Test
  void aRecordOfAnotherTypeIsNamed() {
    assertThatThrownBy(() -> framing.decode(framing.encode(binding), Approval.class))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessageContaining("a Binding where a Approval belongs");
  }

  @Test
  void anUnknownIdIsLookedUpOnce() {
    byte[] bytes = framing.encode(binding);
    ByteBuffer.wrap(bytes).putInt(1, 2011);
    assertThatThrownBy(() -> framing.decode(bytes)).hasMessageContaining("unknown schema id 2011");

    int[] asked = {0};
    Schema newer = Binding.getClassSchema();
    Framing withTopic =
        new Framing(
            id -> {
              asked[0]++;
              return id == 2011 ? Optional.of(newer) : Optional.empty();
            });
    assertThat(withTopic.decode(bytes, Binding.class)).isEqualTo(binding);
    assertThat(withTopic.decode(bytes, Binding.class)).isEqualTo(binding);
    assertThat(asked[0]).isEqualTo(1);
  }

  /**
   * Found by the simulator: generated conversions do not reach nullable times of nested records.
   */
  @Test
  void aNullableTimeInANestedRecordSurvives() {
    ComponentView view =
        ComponentView.newBuilder()
            .setComponent("postgresql")
            .setConfirmed(HealthStatus.DOWN)
            .setSymptom(Symptom.UNREACHABLE)
            .setSince(Instant.EPOCH)
            .setBadSince(Instant.parse("2026-11-22T10:00:00.123456Z"))
            .setResource("primary")
            .setBindingEpoch(0)
            .setFailedRecoveries(0)
            .setQuorumLost(false)
            .build();
    PlatformState state =
        PlatformState.newBuilder()
            .setPlatform("lab")
            .setSequence(0)
            .setIncidents(0)
            .setHeld(false)
            .setHeldBy("")
            .setHeldReason("")
            .setGap(true)
            .setObservers(List.of())
            .setComponents(List.of(view))
            .setRestorePoints(List.of())
            .build();
    assertThat(framing.decode(framing.encode(state), PlatformState.class)).isEqualTo(state);
    PlatformState copy = Framing.copy(state);
    copy.getComponents().get(0).setBadSince(null);
    assertThat(state.getComponents().get(0).getBadSince()).isNotNull();
  }

  @Test
  void mutatedBytesNeverThrowAnythingElse() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good =
        framing.encode(
            new Approval(
                "id",
                "lab",
                "inc",
                ApprovalKind.APPROVE,
                "ada",
                "seen",
                "hash",
                Instant.EPOCH,
                null));
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 4));
      for (int flips = random.nextInt(6); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      assertThatCode(
              () -> {
                try {
                  framing.decode(bad);
                } catch (UndecodableRecord expected) {
                  assertThat(expected).hasMessageNotContaining("null");
                }
              })
          .as("seed %d, round %d", seed, i)
          .doesNotThrowAnyException();
    }
  }
}
