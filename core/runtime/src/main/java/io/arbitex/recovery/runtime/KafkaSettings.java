package io.arbitex.recovery.runtime;

import io.arbitex.recovery.configuration.Section;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How to reach Kafka.
 *
 * @param partitions of every topic, fixed at creation and checked at start, 1 to 1,000
 * @param replication of every topic at creation, 1 to 5
 * @param properties passed to every client as they are (security.protocol and the like)
 */
public record KafkaSettings(
    String bootstrap, int partitions, int replication, Map<String, String> properties) {

  static KafkaSettings read(Section section) {
    Map<String, String> properties = new LinkedHashMap<>();
    Section given = section.section("properties");
    for (String name : given.names()) {
      properties.put(name, given.text(name));
    }
    given.close();
    KafkaSettings settings =
        new KafkaSettings(
            section.text("bootstrap"),
            section.integer("partitions", 64, 1, 1_000),
            section.integer("replication", 3, 1, 5),
            Map.copyOf(properties));
    section.close();
    return settings;
  }
}
