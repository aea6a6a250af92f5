package io.arbitex.recovery.benchmarks;

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
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A restore to a moment by the executor and the lab's Azure, beside the same by hand: base backup
 * copied, archive replayed to the same moment by PostgreSQL's own tools. In interleaved pairs, with
 * traffic off. What the whole procedure costs on top, its checks and its proof, is told beside.
 */
@Command(
    name = "pitr",
    mixinStandardHelpOptions = true,
    description = "A restore to a moment beside PostgreSQL's own tools.")
final class PitrBenchmark implements Callable<Integer> {
  private static final double TARGET = 1.05;
  private static final double TARGET_SECONDS = 2;
  private static final Duration LIMIT = Duration.ofMinutes(20);

  @Option(
      names = "--events",
      defaultValue = "1500000",
      description = "Events in the base backup, 680 bytes each (default: ${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--rewritten",
      defaultValue = "300000",
      description = "Events rewritten since, for the log to replay (default: ${DEFAULT-VALUE}).")
  private int rewritten;

  @Option(
      names = "--pairs",
      defaultValue = "3",
      description = "Measured pairs, after one that warms up (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(
      names = "--folder",
      defaultValue = ".lab-bench",
      description = "Where its lab lies (default: ${DEFAULT-VALUE}).")
  private Path folder;

  private final Clock clock = Clock.systemUTC();
  private Lab lab;
  private Procedures procedures;

  @Override
  public Integer call() throws Exception {
    lab = new Lab(folder);
    BenchLab.endAtExit(lab);
    lab.up(
        LabOptions.DEFAULT.withEvents(events).withAzure().worldOnly(),
        line -> System.err.println("  " + line));
    lab.kill("traffic");
    Inventory inventory = Inventory.read(lab.folder().etc().resolve("platform.yaml"));
    procedures =
        new Procedures(
            inventory,
            Policy.read(lab.folder().etc().resolve("runbook.yaml")),
            (platform, name) -> Optional.empty(),
            clock);
    DatabaseAddress source = lab.admin("primary", "arbitex");
    System.err.println("  writing what is to be replayed");
    run(
        source,
        "UPDATE policy_rules SET name = name",
        "CREATE TABLE replayed AS SELECT * FROM audit_events LIMIT " + rewritten,
        "UPDATE replayed SET actor = actor || ' again'");
    Instant moment = now(source);
    // A commit behind the moment, so that the archive reaches it.
    run(source, "CREATE TABLE behind (n int)");
    PlainRecovery plain =
        new PlainRecovery(
            lab.folder().azure().resolve("postgresql").resolve(lab.requireState().azure().server()),
            Path.of(lab.requireState().tools()),
            lab.folder().root().resolve("plain"));
    Pairs alone = new Pairs("by hand", new ArrayList<>());
    Pairs action = new Pairs("action restore-server", new ArrayList<>());
    Pairs whole = new Pairs("whole procedure, with its proof", new ArrayList<>());
    for (int pair = 0; pair <= pairs; pair++) {
      double[] ours = recovered(pair, moment);
      double byHand = plain.seconds(moment);
      if (pair > 0) {
        alone.seconds().add(byHand);
        action.seconds().add(ours[0]);
        whole.seconds().add(ours[1]);
      }
    }
    System.out.printf(
        "%.1f GB, %.1f GB of log behind it; median of %d interleaved pairs%n",
        size(source) / 1e9, plain.logBytes() / 1e9, pairs);
    for (Pairs each : List.of(alone, action, whole)) {
      System.out.println(each.row(alone));
    }
    double ratio = action.median() / alone.median();
    double more = action.median() - alone.median();
    boolean met = ratio <= TARGET || more <= TARGET_SECONDS;
    System.out.printf(
        "restore to a moment %.3f × by hand, %.1f s more; target ≤ %.2f or %.0f s more: %s%n",
        ratio, more, TARGET, TARGET_SECONDS, met ? "met" : "MISSED");
    return met ? 0 : 1;
  }

  /** Seconds of the action, and of the whole procedure; the server is deleted afterwards. */
  private double[] recovered(int pair, Instant moment)
      throws IOException, InterruptedException, SQLException {
    Instant now = Times.now(clock);
    StepCommand command =
        StepCommand.newBuilder()
            .setCommandId("bench-" + pair + "/restore/1")
            .setIncidentId("bench-" + pair)
            .setPlatform("lab")
            .setKind(CommandKind.EXECUTE)
            .setStepId("restore")
            .setComponent("postgresql")
            .setProcedure("postgresql.pitr")
            .setWorker("postgresql")
            .setAttempt(1)
            .setSeverity(Severity.P1)
            .setMode(Mode.ACT)
            .setIssuedAt(now)
            .setDeadline(now.plus(LIMIT))
            .setParameters(
                Facts.of(
                    Map.of(
                        "bad-since", moment.toString(),
                        "symptom", "UNREACHABLE",
                        "source-resource", "primary",
                        "source-epoch", "0")))
            .build();
    List<StepEvent> said = new ArrayList<>();
    Execution execution =
        new Execution(command, procedures.of(command), BenchPorts.of(said, clock));
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
        said.stream()
            .filter(event -> event.getAction().equals("restore-server"))
            .filter(event -> event.getTransition() == StepTransition.ACTION_DONE)
            .findFirst()
            .orElseThrow();
    lab.deleteAzureServer(Facts.toMap(said.get(said.size() - 1).getFacts()).get("server"));
    return new double[] {
      Duration.between(restored.getStartedAt(), restored.getAt()).toNanos() / 1e9, whole
    };
  }

  private static void run(DatabaseAddress server, String... statements) throws SQLException {
    try (Connection connection = server.connect("bench", Duration.ofSeconds(10), LIMIT);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static Instant now(DatabaseAddress server) throws SQLException {
    try (Connection connection = server.connect("bench", Duration.ofSeconds(10), LIMIT);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")) {
      row.next();
      return Instant.EPOCH.plusNanos(row.getLong(1) * 1_000);
    }
  }

  private static long size(DatabaseAddress server) throws SQLException {
    try (Connection connection = server.connect("bench", Duration.ofSeconds(10), LIMIT);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_database_size(current_database())")) {
      row.next();
      return row.getLong(1);
    }
  }
}
