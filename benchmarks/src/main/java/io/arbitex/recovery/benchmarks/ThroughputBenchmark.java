package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.classifier.ClassifierMain;
import io.arbitex.recovery.classifier.ClassifierTopology;
import io.arbitex.recovery.classifier.Counters;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Health events a second through the classifier's topology, beside a bare Streams pass-through of
 * the same bytes with the same settings on the same broker, in interleaved pairs.
 */
@Command(
    name = "throughput",
    mixinStandardHelpOptions = true,
    description = "Health events a second through the classifier, beside a bare pass-through.")
final class ThroughputBenchmark implements Callable<Integer> {
  private static final double TARGET_RATIO = 0.5;
  private static final int CHUNK = 2_000;

  @Option(
      names = "--events",
      defaultValue = "300000",
      description = "Health events on the topic (default: ${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--platforms",
      defaultValue = "500",
      description = "Platforms that they are of (default: ${DEFAULT-VALUE}).")
  private int platforms;

  @Option(
      names = "--pairs",
      defaultValue = "5",
      description = "Measured pairs, after one that warms up (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(
      names = "--folder",
      defaultValue = ".lab-bench",
      description = "Where its lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  private final Fleet fleet = new Fleet();

  @Override
  public Integer call() throws Exception {
    Lab lab = new Lab(folder);
    BenchLab.endAtExit(lab);
    lab.up(LabOptions.DEFAULT.withEvents(0).worldOnly(), line -> System.err.println("  " + line));
    lab.kill("traffic");
    Path file = fleet.write(folder.resolve("throughput"), platforms, lab.requireState().kafka(), 0);
    ServiceConfiguration<Integer> configuration =
        ServiceConfiguration.read(file, section -> section.integer("standbyReplicas", 0, 0, 5));
    KafkaClients clients = new KafkaClients(configuration.kafka(), "bench");
    TopicSetup.ensure(clients);
    fill(clients);
    List<Double> ratios = new ArrayList<>();
    System.out.printf("%-6s %16s %16s %8s%n", "pair", "pass-through/s", "classifier/s", "ratio");
    for (int pair = 0; pair <= pairs; pair++) {
      double plain = run(configuration, "bench-pass-" + pair, passThrough());
      double ours = run(configuration, "bench-classifier-" + pair, classifier(configuration));
      System.out.printf(
          "%-6s %16.0f %16.0f %8.2f%n",
          pair == 0 ? "warm" : Integer.toString(pair), plain, ours, ours / plain);
      if (pair > 0) {
        ratios.add(ours / plain);
      }
    }
    double median = ratios.stream().sorted().toList().get(ratios.size() / 2);
    boolean met = median >= TARGET_RATIO;
    System.out.printf(
        "median ratio %.2f; target ≥ %.2f: %s%n", median, TARGET_RATIO, met ? "met" : "MISSED");
    return met ? 0 : 1;
  }

  private void fill(KafkaClients clients) {
    System.err.println("  writing " + events + " health events");
    try (Publisher publisher = new Publisher(clients, new Framing(), "observer")) {
      List<CompletableFuture<?>> last = new ArrayList<>();
      for (int i = 0; i < events; i++) {
        String platform = Fleet.platform(i / 3 % platforms);
        last.add(
            publisher.publish(
                Topic.HEALTH,
                platform,
                fleet.health(platform, i % 3, HealthStatus.UP, i / 3 / platforms + 3)));
        if (last.size() == CHUNK || i == 0) {
          last.forEach(CompletableFuture::join);
          last.clear();
        }
      }
      last.forEach(CompletableFuture::join);
    }
  }

  /** A topology, and how many events it has taken. */
  private record Measured(Topology topology, LongSupplier taken) {}

  private Measured classifier(ServiceConfiguration<Integer> configuration) {
    MeterRegistry registry = new SimpleMeterRegistry();
    Topology topology =
        ClassifierTopology.build(
            new Decider(configuration.inventory(), configuration.policy()),
            new Framing(),
            new Partitions(Lab.PARTITIONS),
            Clock.systemUTC(),
            new Counters(registry));
    return new Measured(topology, () -> (long) registry.get("recovery.inputs").counter().count());
  }

  private static Measured passThrough() {
    LongAdder taken = new LongAdder();
    Topology topology = new Topology();
    topology.addSource(
        "in", new StringDeserializer(), new ByteArrayDeserializer(), Topic.HEALTH.topicName());
    topology.addProcessor(
        "count",
        () ->
            new Processor<String, byte[], String, byte[]>() {
              private ProcessorContext<String, byte[]> context;

              @Override
              public void init(ProcessorContext<String, byte[]> given) {
                context = given;
              }

              @Override
              public void process(Record<String, byte[]> record) {
                context.forward(record);
                taken.increment();
              }
            },
        "in");
    // A topic of the same settings that nobody reads meanwhile.
    topology.addSink(
        "out",
        Topic.BASELINES.topicName(),
        new StringSerializer(),
        new ByteArraySerializer(),
        "count");
    return new Measured(topology, taken::sum);
  }

  private double run(ServiceConfiguration<Integer> configuration, String name, Measured measured)
      throws InterruptedException, IOException {
    Map<String, Object> properties = ClassifierMain.properties(configuration);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
    try (KafkaStreams streams =
        new KafkaStreams(measured.topology(), new StreamsConfig(properties))) {
      streams.start();
      long begin = await(measured.taken(), 1);
      long end = await(measured.taken(), events);
      streams.close(Duration.ofSeconds(10));
      return events / ((end - begin) / 1e9);
    }
  }

  private static long await(LongSupplier taken, long wanted)
      throws InterruptedException, IOException {
    long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (taken.getAsLong() < wanted) {
      if (System.nanoTime() > limit) {
        throw new IOException(taken.getAsLong() + " of " + wanted + " events after 5 min");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return System.nanoTime();
  }
}
