package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.DecisionOutcome;
import io.arbitex.recovery.record.InputKind;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.schemas.Framing;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs the decision log of one platform again, with nothing but the log: under the policy that was
 * in force, which must give the same bytes, or under another, which shows what it would have done.
 */
public final class Replay {

  /**
   * One decision, run again.
   *
   * @param outputs what is decided now
   * @param identical whether the log's entry comes out again byte for byte
   * @param error what the decider threw; empty when it did not
   */
  public record Step(
      Decision logged, List<Output> outputs, boolean identical, Optional<String> error) {}

  private final Framing framing;
  private final Optional<Policy> otherPolicy;
  private Decider decider;
  private PlatformState state;

  /**
   * @param otherPolicy the policy to decide under; empty for the one in the log
   */
  public Replay(Framing framing, Optional<Policy> otherPolicy) {
    this.framing = framing;
    this.otherPolicy = otherPolicy;
  }

  /**
   * The next entry of the log, in the log's order.
   *
   * @return empty when the entry comes before the first snapshot, or the log has a hole before it
   * @throws InvalidConfiguration when the log's own policy cannot be read by this build
   */
  public Optional<Step> next(Decision logged) throws InvalidConfiguration {
    if (logged.getSnapshot() != null) {
      Policy policy = Policy.parse("log:policy", Path.of("/"), logged.getSnapshot().getPolicy());
      Inventory inventory =
          Inventory.parse("log:inventory", Path.of("/"), logged.getSnapshot().getInventory());
      decider = new Decider(inventory, otherPolicy.orElse(policy));
      if (state == null || otherPolicy.isEmpty()) {
        state = framing.decode(bytes(logged.getSnapshot().getStateBefore()), PlatformState.class);
      }
    }
    if (state == null || (otherPolicy.isEmpty() && state.getSequence() != logged.getSequence())) {
      state = null;
      return Optional.empty();
    }
    Input input =
        logged.getInput().getKind() == InputKind.TIMER
            ? new Input.Timer()
            : Input.of(framing.decode(bytes(logged.getInput().getValue())));
    DecisionLog log = new DecisionLog(framing, decider);
    Decision again;
    List<Output> outputs = List.of();
    Optional<String> error = Optional.empty();
    try {
      Decided decided = decider.decide(state, input, logged.getNow());
      again = log.applied(state, logged.getInput(), decided, logged.getNow());
      outputs = decided.outputs();
      state = decided.state();
    } catch (RuntimeException e) {
      error = Optional.of(e.toString());
      again = log.wedged(state, logged.getInput(), e.toString(), logged.getNow());
    }
    boolean identical =
        Arrays.equals(framing.encode(again), framing.encode(logged))
            && (logged.getOutcome() == DecisionOutcome.WEDGED) == error.isPresent();
    return Optional.of(new Step(logged, outputs, identical, error));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
