package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.MarkdownReport;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabState;
import io.arbitex.recovery.record.IncidentEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * A lab of its own for one test, with its watcher: up in a new folder, and ended whatever happens.
 * Its logs and reports are left in {@code target/drills/NAME}, for reading after a failure.
 */
final class DrillWorld implements AutoCloseable {
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final Lab lab;
  private final Thread hook;
  private LabState state;
  private Watcher watcher;

  private DrillWorld(String name) throws IOException {
    this.name = name;
    // Not JUnit's temporary folder: the user postgres must be able to reach it.
    Path folder = Files.createTempDirectory("recovery-drill-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    this.lab = new Lab(folder);
    this.hook = new Thread(this::endQuietly, "drill-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts a lab that nobody watches yet. */
  static DrillWorld up(String name, LabOptions options) throws IOException, InterruptedException {
    DrillWorld world = new DrillWorld(name);
    try {
      long begin = System.nanoTime();
      world.state = world.lab.up(options, line -> {});
      System.out.printf("%s: the lab is up after %.1f s%n", name, seconds(begin));
      return world;
    } catch (IOException | InterruptedException | RuntimeException e) {
      try {
        world.close();
      } catch (IOException | RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  Lab lab() {
    return lab;
  }

  LabState state() {
    return state;
  }

  /** Follows all topics from their beginning. */
  Watcher watch(Consumer<SpecificRecordBase> each) {
    watcher = new Watcher(state.kafka(), Lab.PARTITIONS, each);
    return watcher;
  }

  /** Everything about an incident, in words, for the message of an assertion. */
  String told(String incidentId) {
    IncidentRecords records = watcher.incident(incidentId);
    String report = MarkdownReport.of(records, Summary.of(name, records));
    try {
      Files.createDirectories(logs());
      Files.writeString(logs().resolve(incidentId + ".md"), report, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "see the lab's logs; the report cannot be written: " + e;
    }
    return "report and logs in "
        + logs()
        + "; events: "
        + records.events().stream().map(DrillWorld::line).toList();
  }

  private static String line(IncidentEvent event) {
    return event.getKind() + " " + event.getText();
  }

  /** The message of a failure when there may be no incident at all. */
  String told() {
    return watcher.records().stream()
        .filter(IncidentEvent.class::isInstance)
        .map(event -> ((IncidentEvent) event).getIncidentId())
        .distinct()
        .map(this::told)
        .toList()
        .toString();
  }

  /** Databases that are on a server besides PostgreSQL's own. */
  static List<String> databases(DatabaseAddress server) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Connection connection =
            server.connect("drill", Duration.ofSeconds(5), Duration.ofSeconds(60));
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
                    + " ORDER BY 1")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  /**
   * Waits until people have a message that holds all of the words.
   *
   * @return whether they got it in time
   */
  boolean awaitMessage(Duration limit, String... words) throws InterruptedException {
    return watcher.awaitAll(
        limit,
        records ->
            messages().stream()
                .anyMatch(message -> Arrays.stream(words).allMatch(message::contains)));
  }

  /** What the page of an incident was told, in the order in which it came: trigger … resolve. */
  List<String> page(String incidentId) {
    return messages().stream()
        .filter(message -> message.contains("\"dedup_key\":\"" + incidentId + "\""))
        .map(message -> message.replaceFirst(".*\"event_action\":\"(\\w+)\".*", "$1"))
        .toList();
  }

  /** The messages that people got, as the network keeps them. */
  private List<String> messages() {
    Path file = lab.folder().root().resolve("logs/messages.jsonl");
    try {
      return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@code dr ARGUMENTS}, as a person would call it.
   *
   * @return its exit status
   */
  int dr(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("io.arbitex.recovery.console.ConsoleMain");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(lab.folder().root().resolve("logs/dr.log").toFile());
    builder.environment().put("DR_CONFIG", state.file("console").toString());
    Process process = builder.start();
    if (!process.waitFor(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("dr " + List.of(arguments) + " did not end");
    }
    return process.exitValue();
  }

  private Path logs() {
    return Path.of("target", "drills", name).toAbsolutePath();
  }

  private void endQuietly() {
    try {
      lab.down();
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw new IllegalStateException("the lab did not end", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (watcher != null) {
      watcher.close();
    }
    try {
      lab.down();
      lab.archiveClasses(line -> {});
    } catch (InterruptedException e) {
      // The hook is left where it is, so the lab ends with this JVM at the latest.
      Thread.currentThread().interrupt();
      return;
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    keepLogs();
    try (Stream<Path> files = Files.walk(lab.folder().root())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void keepLogs() throws IOException {
    Files.createDirectories(logs());
    Path from = lab.folder().root().resolve("logs");
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, logs().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
