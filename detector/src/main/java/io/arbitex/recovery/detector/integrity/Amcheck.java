package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.runtime.Bindings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs pg_amcheck over the whole database: heap and indexes, and whether each row is in its
 * indexes. It takes the locks of a reader.
 */
final class Amcheck {
  private static final Logger log = LoggerFactory.getLogger(Amcheck.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(30);
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final int CORRUPTION = 2;
  private static final int LONGEST = 300;

  /**
   * Both functions that pg_amcheck calls, and whether they may be called: without them it fails
   * with words of the server's language, which look like corruption.
   */
  private static final String ALLOWED =
      """
      SELECT count(*) FILTER (WHERE has_function_privilege(p.oid, 'EXECUTE')) FROM pg_proc p
      JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
      JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'amcheck'
      WHERE p.proname = 'verify_heapam'
        OR (p.proname = 'bt_index_check' AND p.pronargs >= 2)
      """;

  private final Path tools;
  private final Duration limit;
  private boolean told;

  Amcheck(Path tools, Duration limit) {
    this.tools = tools;
    this.limit = limit;
  }

  private record Ended(int status, String said) {}

  /**
   * What is corrupt; empty when nothing is, or the database does not allow to look.
   *
   * @throws IOException when it could not be run to its end: nothing is said then
   */
  Optional<Finding> run(Bindings.Database bound)
      throws IOException, SQLException, InterruptedException {
    DatabaseAddress address = DatabaseAddress.of(bound.server(), bound.database());
    if (!isAllowed(address)) {
      if (!told) {
        log.warn(
            "pg_amcheck cannot look at {}: it needs the extension amcheck there, and the right to"
                + " execute verify_heapam and bt_index_check",
            address);
      }
      told = true;
      return Optional.empty();
    }
    told = false;
    Ended first = once(address);
    if (first.status() == 0) {
      return Optional.empty();
    }
    // A relation that was dropped meanwhile is told as an error too, but only once.
    Ended again = once(address);
    return again.status() == 0
        ? Optional.empty()
        : Optional.of(new Finding(Symptom.CORRUPT, "pg_amcheck: " + again.said()));
  }

  private static boolean isAllowed(DatabaseAddress address) throws SQLException {
    try (Connection connection = address.connect("recovery-integrity", CONNECT, READ);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ALLOWED)) {
      row.next();
      return row.getInt(1) >= 2;
    }
  }

  private Ended once(DatabaseAddress address) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      command.addAll(List.of(NICE.toString(), "-n", "10"));
    }
    command.addAll(
        List.of(tools.resolve("pg_amcheck").toString(), "--heapallindexed", "--no-password"));
    Path output = Files.createTempFile("recovery-amcheck-", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      // What this process was started with must not lead the tool to another server.
      builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
      builder.environment().putAll(address.environment());
      // Well behind the child's own limit: what the server cancels looks like corruption.
      long onServer = limit.multipliedBy(2).toMillis();
      builder.environment().put("PGOPTIONS", "-c statement_timeout=" + onServer);
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException("pg_amcheck did not end within " + limit);
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      String said = Files.readString(output, StandardCharsets.UTF_8).strip();
      String line = said.replaceAll("\\s*\\R\\s*", " | ");
      if (process.exitValue() != 0 && process.exitValue() != CORRUPTION) {
        throw new IOException("pg_amcheck ended with " + process.exitValue() + ": " + line);
      }
      return new Ended(
          process.exitValue(), line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " …");
    } finally {
      Files.deleteIfExists(output);
    }
  }
}
