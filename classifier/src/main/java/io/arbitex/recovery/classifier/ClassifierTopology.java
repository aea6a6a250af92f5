package io.arbitex.recovery.classifier;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * One processor, fed by every topic that the decider reads. All topics have the same number of
 * partitions and are partitioned by platform, so one task owns everything about a platform. A
 * second one stands beside it, for the fleet: its topic has one partition, so one task hears of all
 * platforms, and its answers come back to each platform's task as an input like any other.
 *
 * <p>The stores live in memory and in their changelog topics: the state of a platform is a few
 * kilobytes, and after an unclean end the changelog would be read anyway.
 */
public final class ClassifierTopology {
  static final String PLATFORMS = "platforms";
  static final String DUE = "due";
  static final String PARKED = "parked";
  static final String ADMISSIONS = "admissions";

  /** What the decider reads. */
  static final List<Topic> INPUTS =
      List.of(
          Topic.HEALTH,
          Topic.PROGRESS,
          Topic.VALIDATIONS,
          Topic.APPROVALS,
          Topic.BINDINGS,
          Topic.BACKUPS,
          Topic.ADMISSIONS);

  private ClassifierTopology() {}

  /**
   * @param clock gives the moment of each decision, which goes into the log
   */
  public static Topology build(
      Decider decider, Framing framing, Partitions partitions, Clock clock, Counters counters) {
    Topology topology = new Topology();
    topology.addSource(
        "inputs",
        new StringDeserializer(),
        new ByteArrayDeserializer(),
        INPUTS.stream().map(Topic::topicName).toArray(String[]::new));
    topology.addProcessor(
        "decide", () -> new DecideProcessor(decider, framing, clock, counters), "inputs");
    topology.addStateStore(store(PLATFORMS), "decide");
    topology.addStateStore(store(DUE), "decide");
    topology.addStateStore(store(PARKED), "decide");
    addSink(topology, "outputs", partitions, "decide");
    addFleet(topology, decider, framing, partitions, clock, counters);
    return topology;
  }

  /**
   * Kafka Streams numbers tasks by the order of the sources' names: this one's must come after
   * "inputs", or a classifier of before and this one would mean different tasks by the same number.
   */
  private static void addFleet(
      Topology topology,
      Decider decider,
      Framing framing,
      Partitions partitions,
      Clock clock,
      Counters counters) {
    topology.addSource(
        "requests", new StringDeserializer(), new ByteArrayDeserializer(), Topic.FLEET.topicName());
    topology.addProcessor(
        "admit",
        () ->
            new AdmitProcessor(
                decider.inventory().platforms().stream()
                    .map(Inventory.Platform::name)
                    .collect(Collectors.toSet()),
                decider.policy().fleet(),
                framing,
                clock,
                counters),
        "requests");
    topology.addStateStore(store(ADMISSIONS), "admit");
    addSink(topology, "grants", partitions, "admit");
  }

  private static void addSink(
      Topology topology, String name, Partitions partitions, String processor) {
    topology.addSink(
        name,
        (key, outgoing, context) -> outgoing.topic(),
        new StringSerializer(),
        (Serializer<Outgoing>) (topic, outgoing) -> outgoing.value(),
        (String topic, String key, Outgoing outgoing, int count) ->
            Optional.of(Set.of(partition(partitions, topic, key, outgoing.partition()))),
        processor);
  }

  private static int partition(Partitions partitions, String topic, String key, OptionalInt fixed) {
    return fixed.orElseGet(() -> partitions.of(Topic.of(topic).orElseThrow(), key));
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
        Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray());
  }
}
