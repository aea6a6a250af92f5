package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.classifier.ClassifierMain;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.KafkaSettings;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.TopicSetup;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From the confirming health event to the command at the executor: one incident for each of many
 * platforms, restoreAfter 0, on a lab's broker with a classifier process of its own. Beside it, in
 * turn, a raw record of the same size through the same broker to the same kind of consumer.
 */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    description =
        "Confirming health event → command at the executor, beside raw produce → consume.")
final class LatencyBenchmark implements Callable<Integer> {
  private static final double TARGET_P50 = 12;
  private static final double TARGET_P99 = 60;
  private static final String RAW_KEY = "raw/";

  @Option(
      names = "--incidents",
      defaultValue = "1000",
      description = "Measured incidents (default: ${DEFAULT-VALUE}).")
  private int incidents;

  @Option(
      names = "--warm-up",
      defaultValue = "500",
      description = "Incidents before that (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--rate",
      defaultValue = "20",
      description = "Incidents a second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--folder",
      defaultValue = ".lab-bench",
      description = "Where its lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  private final Fleet fleet = new Fleet();
  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final Map<String, Long> arrived = new ConcurrentHashMap<>();

  @Override
  public Integer call() throws Exception {
    Lab lab = new Lab(folder);
    BenchLab.endAtExit(lab);
    lab.up(LabOptions.DEFAULT.withEvents(0).worldOnly(), line -> System.err.println("  " + line));
    lab.kill("traffic");
    KafkaClients clients =
        new KafkaClients(
            new KafkaSettings(lab.requireState().kafka(), Lab.PARTITIONS, 1, Map.of()), "bench");
    TopicSetup.ensure(clients);
    int port = freePort();
    Process classifier = classifier(folder.toAbsolutePath(), lab.requireState().kafka(), port);
    try {
      awaitHealthy(classifier, port, folder);
      measure(clients);
    } finally {
      classifier.destroy();
      classifier.waitFor(10, TimeUnit.SECONDS);
      classifier.destroyForcibly();
    }
    return report();
  }

  private void measure(KafkaClients clients) throws Exception {
    KafkaConsumer<String, byte[]> consumer = clients.freeConsumer("executor");
    Thread reader = new Thread(() -> read(consumer), "reader");
    reader.start();
    try (Publisher publisher = new Publisher(clients, new Framing(), "observer")) {
      int all = warmUp + incidents;
      for (int i = 0; i < all; i++) {
        publisher.publish(
            Topic.BACKUPS, Fleet.platform(i) + "/rp", fleet.restorePoint(Fleet.platform(i)));
        for (int observer = 0; observer < 3; observer++) {
          publisher
              .publish(
                  Topic.HEALTH,
                  Fleet.platform(i),
                  fleet.health(Fleet.platform(i), observer, HealthStatus.UP, 3))
              .join();
        }
      }
      SplittableRandom random = new SplittableRandom(1);
      long next = System.nanoTime();
      for (int i = 0; i < all; i++) {
        next += 1_000_000_000L / rate;
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
        String platform = Fleet.platform(i);
        publisher
            .publish(Topic.HEALTH, platform, fleet.health(platform, 0, HealthStatus.DOWN, 3))
            .join();
        // Observers are not in step with each other.
        TimeUnit.NANOSECONDS.sleep(random.nextLong(500_000_000L / rate));
        HealthEvent confirming = fleet.health(platform, 1, HealthStatus.DOWN, 3);
        sent.put(platform, System.nanoTime());
        publisher.publish(Topic.HEALTH, platform, confirming).join();
        TimeUnit.NANOSECONDS.sleep(250_000_000L / rate);
        String raw = RAW_KEY + platform;
        sent.put(raw, System.nanoTime());
        // A topic that nobody else reads while this runs.
        publisher.publish(Topic.BASELINES, raw, confirming).join();
      }
      long limit = System.nanoTime() + 10_000_000_000L;
      while (arrived.size() < sent.size() && System.nanoTime() < limit) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } finally {
      consumer.wakeup();
      reader.join(10_000);
    }
  }

  private void read(KafkaConsumer<String, byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < Lab.PARTITIONS; i++) {
      partitions.add(new TopicPartition(Topic.COMMANDS_POSTGRESQL.topicName(), i));
      partitions.add(new TopicPartition(Topic.BASELINES.topicName(), i));
    }
    try (consumer) {
      consumer.assign(partitions);
      while (!Thread.currentThread().isInterrupted()) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          arrived.putIfAbsent(record.key(), System.nanoTime());
        }
      }
    } catch (WakeupException e) {
      // The measurement is over.
      return;
    }
  }

  private int report() {
    List<Long> pipeline = new ArrayList<>();
    List<Long> raw = new ArrayList<>();
    int missing = 0;
    for (int i = warmUp; i < warmUp + incidents; i++) {
      missing += add(pipeline, Fleet.platform(i)) ? 0 : 1;
      missing += add(raw, RAW_KEY + Fleet.platform(i)) ? 0 : 1;
    }
    Percentiles ours = Percentiles.of(pipeline);
    Percentiles plain = Percentiles.of(raw);
    System.out.println(Percentiles.header());
    System.out.println(plain.row("raw produce → consume"));
    System.out.println(ours.row("confirming event → command"));
    System.out.printf(
        "ratio p50 %.1f, p99 %.1f; missing %d%n",
        ours.p50() / plain.p50(), ours.p99() / plain.p99(), missing);
    boolean met = ours.p50() < TARGET_P50 && ours.p99() < TARGET_P99 && missing == 0;
    System.out.printf(
        "target p50 < %.0f ms, p99 < %.0f ms: %s%n",
        TARGET_P50, TARGET_P99, met ? "met" : "MISSED");
    return met ? 0 : 1;
  }

  private boolean add(List<Long> times, String key) {
    Long end = arrived.get(key);
    if (end != null) {
      times.add(end - sent.get(key));
    }
    return end != null;
  }

  private Process classifier(Path folder, String kafka, int port) throws IOException {
    Path file = fleet.write(folder, warmUp + incidents, kafka, port);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            ClassifierMain.class.getName(),
            "--config",
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("classifier.log").toFile())
        .start();
  }

  private static void awaitHealthy(Process process, int port, Path folder)
      throws InterruptedException, IOException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
    long limit = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < limit && process.isAlive()) {
      try {
        if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IOException(
        "the classifier did not get ready:\n"
            + Files.readString(folder.resolve("classifier.log"), StandardCharsets.UTF_8));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
