package io.arbitex.recovery.runtime;

import io.arbitex.recovery.schemas.Keys;
import io.arbitex.recovery.schemas.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * Which partition a key belongs to: the platform alone decides, so that everything about a platform
 * lies in the same partition number of every topic.
 */
public final class Partitions {
  private final int count;

  public Partitions(int count) {
    this.count = count;
  }

  /** The partition of a key ({@code platform} or {@code platform/…}). */
  public int of(Topic topic, String key) {
    return topic.singlePartition() ? 0 : ofPlatform(Keys.platformOf(key));
  }

  /** The partition of a platform; the same as Kafka's own partitioner gives for that key. */
  public int ofPlatform(String platform) {
    return Utils.toPositive(Utils.murmur2(platform.getBytes(StandardCharsets.UTF_8))) % count;
  }

  public int count() {
    return count;
  }
}
