package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.backup.PostgresqlBackup;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The action {@code restore-dump} of a recovery beside pg_restore alone, with the same settings, of
 * the same dump into the same server, in interleaved pairs with traffic off. What the whole
 * procedure costs on top, its checks and its proof, is told beside.
 */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = "The restore of a dump beside pg_restore alone.")
final class RestoreBenchmark implements Callable<Integer> {
  private static final double TARGET = 1.05;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @Option(
      names = "--events",
      defaultValue = "500000",
      description = "Events in the database (default: ${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--pairs",
      defaultValue = "5",
      description = "Measured pairs, after one that warms up (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(names = "--parallel", description = "In two sessions instead of one transaction.")
  private boolean parallel;

  @Option(
      names = "--folder",
      defaultValue = ".lab-bench",
      description = "Where its lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  private final Clock clock = Clock.systemUTC();
  private Lab lab;
  private Procedures procedures;
  private Path tools;
  private Path dump;

  @Override
  public Integer call() throws Exception {
    lab = new Lab(folder);
    BenchLab.endAtExit(lab);
    lab.up(
        LabOptions.DEFAULT.withEvents(events).worldOnly(), line -> System.err.println("  " + line));
    lab.kill("traffic");
    prepare();
    Pairs plain = new Pairs("pg_restore alone", new ArrayList<>());
    Pairs action = new Pairs("action restore-dump", new ArrayList<>());
    Pairs whole = new Pairs("whole procedure, with its proof", new ArrayList<>());
    for (int pair = 0; pair <= pairs; pair++) {
      double alone = alone(pair);
      double[] ours = recovered(pair);
      if (pair > 0) {
        plain.seconds().add(alone);
        action.seconds().add(ours[0]);
        whole.seconds().add(ours[1]);
      }
    }
    System.out.printf(
        "%d events, dump of %.1f MB, %s; median of %d interleaved pairs%n",
        events, Files.size(dump) / 1e6, parallel ? "two sessions" : "one transaction", pairs);
    for (Pairs each : List.of(plain, action, whole)) {
      System.out.println(each.row(plain));
    }
    double ratio = action.median() / plain.median();
    boolean met = ratio <= TARGET;
    System.out.printf(
        "restore %.3f × pg_restore; target ≤ %.2f: %s%n", ratio, TARGET, met ? "met" : "MISSED");
    return met ? 0 : 1;
  }

  private void prepare() throws Exception {
    Inventory inventory = Inventory.read(lab.folder().etc().resolve("platform.yaml"));
    Path runbook = lab.folder().etc().resolve("runbook.yaml");
    String text = Files.readString(runbook);
    Policy policy =
        Policy.parse(
            runbook.toString(),
            lab.folder().etc(),
            parallel
                ? text.replace("procedures:\n", "procedures:\n  dump: {mode: parallel, jobs: 2}\n")
                : text);
    procedures = new Procedures(inventory, policy, (platform, name) -> Optional.empty(), clock);
    Inventory.Platform platform = inventory.platforms().get(0);
    Inventory.Component component = platform.components().get(0);
    Inventory.Postgresql settings = component.postgresql().orElseThrow();
    tools = settings.tools();
    System.err.println("  taking the dump");
    RestorePoint point =
        new PostgresqlBackup(tools, clock, LIMIT)
            .take(
                new PostgresqlBackup.Order(
                    platform.name(),
                    component.name(),
                    settings.resource(),
                    lab.admin(settings.resource(), settings.database()),
                    settings.criticalTables(),
                    settings.backups().get(0)));
    dump = Path.of(point.getLocation());
  }

  private double alone(int pair) throws IOException, InterruptedException, SQLException {
    String database = "plain_" + pair;
    DatabaseAddress maintenance = lab.admin("spare", "postgres");
    run(maintenance, "CREATE DATABASE " + database + " TEMPLATE template0");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("nice", "-n", "10", tools.resolve("pg_restore").toString()));
    command.addAll(List.of("--exit-on-error", "--no-owner", "--no-privileges", "--no-password"));
    command.addAll(parallel ? List.of("--jobs=2") : List.of("--single-transaction"));
    command.addAll(List.of("--dbname=" + database, dump.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(lab.admin("spare", database).environment());
    long begin = System.nanoTime();
    Process process = builder.start();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("pg_restore did not end well");
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    run(maintenance, "DROP DATABASE " + database);
    return seconds;
  }

  /** Seconds of the action, and of the whole procedure. */
  private double[] recovered(int pair) throws IOException, InterruptedException, SQLException {
    Instant now = Times.now(clock);
    StepCommand command =
        StepCommand.newBuilder()
            .setCommandId("bench-" + pair + "/restore/1")
            .setIncidentId("bench-" + pair)
            .setPlatform("lab")
            .setKind(CommandKind.EXECUTE)
            .setStepId("restore")
            .setComponent("postgresql")
            .setProcedure("postgresql.dump")
            .setWorker("postgresql")
            .setAttempt(1)
            .setSeverity(Severity.P1)
            .setMode(Mode.ACT)
            .setIssuedAt(now)
            .setDeadline(now.plus(LIMIT))
            .setParameters(Facts.of(Map.of("bad-since", now.toString())))
            .build();
    List<StepEvent> events = new ArrayList<>();
    Execution execution =
        new Execution(command, procedures.of(command), BenchPorts.of(events, clock));
    long begin = System.nanoTime();
    Next next = execution.advance();
    while (!(next instanceof Next.Finished)) {
      next = execution.advance();
    }
    double whole = (System.nanoTime() - begin) / 1e9;
    Next.Finished end = (Next.Finished) next;
    if (end.outcome() != Outcome.DONE) {
      throw new IOException("the procedure ended with " + end);
    }
    StepEvent restored =
        events.stream()
            .filter(event -> event.getAction().equals("restore-dump"))
            .filter(event -> event.getTransition() == StepTransition.ACTION_DONE)
            .findFirst()
            .orElseThrow();
    Map<String, String> facts = Facts.toMap(events.get(events.size() - 1).getFacts());
    run(lab.admin("spare", "postgres"), "DROP DATABASE \"" + facts.get("database") + "\"");
    return new double[] {
      Duration.between(restored.getStartedAt(), restored.getAt()).toNanos() / 1e9, whole
    };
  }

  private static void run(DatabaseAddress server, String sql) throws SQLException {
    try (Connection connection = server.connect("bench", Duration.ofSeconds(10), LIMIT);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
