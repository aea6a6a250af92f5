package io.arbitex.recovery.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.schemas.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PartitionsTest {
  private final Partitions partitions = new Partitions(64);

  @Test
  void everythingAboutAPlatformLiesInOnePartition() {
    for (String platform : new String[] {"lab", "westeurope-1", "a", "arbitex.prod"}) {
      int expected = partitions.of(Topic.HEALTH, platform);
      assertThat(partitions.of(Topic.BINDINGS, platform + "/postgresql")).isEqualTo(expected);
      assertThat(partitions.of(Topic.BACKUPS, platform + "/dumps/1")).isEqualTo(expected);
      assertThat(BuiltInPartitioner.partitionForKey(platform.getBytes(StandardCharsets.UTF_8), 64))
          .isEqualTo(expected);
    }
    assertThat(partitions.of(Topic.SCHEMAS, "1001")).isZero();
  }
}
