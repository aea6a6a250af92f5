package io.arbitex.recovery.classifier;

import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.schemas.Framing;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Inputs of wedged platforms, in the order in which they came; a platform is wedged while it has
 * any.
 */
final class Parking {
  private final KeyValueStore<String, byte[]> store;
  private final Framing framing;

  Parking(KeyValueStore<String, byte[]> store, Framing framing) {
    this.store = store;
    this.framing = framing;
  }

  boolean isWedged(String platform) {
    try (KeyValueIterator<String, byte[]> any = entries(platform)) {
      return any.hasNext();
    }
  }

  void park(String platform, Decision input) {
    long next = 0;
    try (KeyValueIterator<String, byte[]> all = entries(platform)) {
      while (all.hasNext()) {
        String key = all.next().key;
        next = Long.parseLong(key.substring(key.lastIndexOf('/') + 1)) + 1;
      }
    }
    store.put(platform + "/" + "%012d".formatted(next), framing.encode(input));
  }

  List<Decision> takeAll(String platform) {
    List<KeyValue<String, byte[]>> all = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> found = entries(platform)) {
      found.forEachRemaining(all::add);
    }
    all.forEach(entry -> store.delete(entry.key));
    return all.stream().map(entry -> framing.decode(entry.value, Decision.class)).toList();
  }

  private KeyValueIterator<String, byte[]> entries(String platform) {
    return store.range(platform + "/", platform + "/\uffff");
  }
}
