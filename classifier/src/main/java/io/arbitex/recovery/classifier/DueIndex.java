package io.arbitex.recovery.classifier;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Which platform wants a timer when: sorted by moment, so that looking for what is due costs as
 * much as there is due.
 */
final class DueIndex {
  private static final String BY_TIME = "t/";
  private static final String BY_PLATFORM = "p/";

  /** Of the largest number of microseconds, so that text sorts as time does. */
  private static final int DIGITS = 20;

  private final KeyValueStore<String, byte[]> store;

  DueIndex(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  /**
   * Sets or clears the platform's next timer. One that is set for earlier stays: it goes off too
   * early, which changes nothing, and is set anew then. So a heartbeat, which only puts the timer
   * off, writes nothing here.
   */
  void set(String platform, Optional<Instant> due) {
    String pointer = BY_PLATFORM + platform;
    byte[] before = store.get(pointer);
    byte[] after = due.map(moment -> bytes(key(moment, platform))).orElse(null);
    if (Arrays.equals(before, after)
        || (before != null && after != null && text(before).compareTo(text(after)) < 0)) {
      return;
    }
    if (before != null) {
      store.delete(text(before));
    }
    if (after == null) {
      store.delete(pointer);
    } else {
      store.put(pointer, after);
      store.put(text(after), bytes(platform));
    }
  }

  /** Platforms whose timer is due by now, the longest due first. */
  List<String> dueBy(Instant now) {
    List<String> platforms = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> due =
        store.range(BY_TIME, BY_TIME + padded(now) + "/\uffff")) {
      while (due.hasNext()) {
        KeyValue<String, byte[]> entry = due.next();
        platforms.add(text(entry.value));
      }
    }
    return platforms;
  }

  private static String key(Instant moment, String platform) {
    return BY_TIME + padded(moment) + "/" + platform;
  }

  private static String padded(Instant moment) {
    String micros = Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, moment));
    return "0".repeat(Math.max(0, DIGITS - micros.length())) + micros;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
