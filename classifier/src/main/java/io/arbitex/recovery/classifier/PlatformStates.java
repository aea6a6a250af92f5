package io.arbitex.recovery.classifier;

import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.schemas.Framing;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The states of a task's platforms. What matters is in the store, and so in its changelog; what
 * observers say in quiet times, with no effect, changes only the copy in memory. Invariant: memory
 * and store differ in nothing but the last words of observers, and whoever loads a state from the
 * store believes none of those ({@link Decider#resumed}).
 *
 * <p>Lives as long as the task's processor is initialised: a transaction that is aborted makes
 * Kafka Streams restore the store and initialise the processor anew.
 */
final class PlatformStates {
  private final KeyValueStore<String, byte[]> store;
  private final Framing framing;
  private final Map<String, PlatformState> loaded = new HashMap<>();

  PlatformStates(KeyValueStore<String, byte[]> store, Framing framing) {
    this.store = store;
    this.framing = framing;
  }

  /** The platform's state; it must not be changed. */
  PlatformState get(String platform, Instant now) {
    PlatformState state = loaded.get(platform);
    if (state == null) {
      byte[] kept = store.get(platform);
      if (kept == null) {
        return Decider.initial(platform);
      }
      state = Decider.resumed(framing.decode(kept, PlatformState.class), now);
      loaded.put(platform, state);
    }
    return state;
  }

  /** Keeps a state; {@code bytes} are its own. */
  void keep(PlatformState state, byte[] bytes) {
    store.put(state.getPlatform(), bytes);
    loaded.put(state.getPlatform(), state);
  }

  /** Keeps in memory only what may be forgotten. */
  void remember(PlatformState state) {
    loaded.put(state.getPlatform(), state);
  }
}
