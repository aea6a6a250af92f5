package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.DecisionInput;
import io.arbitex.recovery.record.DecisionOutcome;
import io.arbitex.recovery.record.DecisionOutput;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Snapshot;
import io.arbitex.recovery.schemas.Digests;
import io.arbitex.recovery.schemas.Framing;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the entries of {@code recovery.decisions}. An entry whose predecessor was not logged (a
 * heartbeat in quiet times) carries the state before it, the policy and the inventory, so that from
 * each such entry on the log can be replayed with nothing else.
 */
public final class DecisionLog {
  private final Framing framing;
  private final Decider decider;
  private final String policyHash;
  private final Map<String, String> inventories = new ConcurrentHashMap<>();

  public DecisionLog(Framing framing, Decider decider) {
    this.framing = framing;
    this.decider = decider;
    this.policyHash = Digests.sha256(decider.policy().text());
  }

  /** The entry of a decision that was applied. */
  public Decision applied(PlatformState before, DecisionInput input, Decided decided, Instant now) {
    List<DecisionOutput> outputs =
        decided.outputs().stream()
            .map(
                output ->
                    new DecisionOutput(
                        output.topic().topicName(),
                        output.key(),
                        output.id(),
                        Digests.sha256(framing.encode(output.value()))))
            .toList();
    return entry(before, input, DecisionOutcome.APPLIED, "", outputs, decided.state(), now);
  }

  /** The entry of an input on which the decider threw; the state stays as it was. */
  public Decision wedged(PlatformState before, DecisionInput input, String error, Instant now) {
    return entry(before, input, DecisionOutcome.WEDGED, error, List.of(), before, now);
  }

  private Decision entry(
      PlatformState before,
      DecisionInput input,
      DecisionOutcome outcome,
      String reason,
      List<DecisionOutput> outputs,
      PlatformState after,
      Instant now) {
    Snapshot snapshot = null;
    if (before.getGap()) {
      snapshot =
          new Snapshot(
              ByteBuffer.wrap(framing.encode(before)),
              decider.policy().text(),
              inventories.computeIfAbsent(before.getPlatform(), decider.inventory()::textOf));
    }
    return Decision.newBuilder()
        .setId(before.getPlatform() + "-" + before.getSequence())
        .setPlatform(before.getPlatform())
        .setSequence(before.getSequence())
        .setNow(now)
        .setInput(input)
        .setOutcome(outcome)
        .setReason(reason)
        .setPolicyHash(policyHash)
        .setDeciderVersion(Decider.VERSION)
        .setOutputs(outputs)
        .setStateAfter(Digests.sha256(framing.encode(after)))
        .setSnapshot(snapshot)
        .build();
  }
}
