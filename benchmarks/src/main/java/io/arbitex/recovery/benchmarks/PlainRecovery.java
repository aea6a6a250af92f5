package io.arbitex.recovery.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A restore to a moment as somebody does it by hand, with cp and pg_ctl alone, from the base backup
 * and the archive of a server of the lab's Azure.
 */
final class PlainRecovery {
  private static final long LIMIT_MINUTES = 15;

  /**
   * Backup, archive, tools, where to, moment, timeline. Ends when the server takes writes, and
   * stops it behind the measured time.
   */
  private static final String SCRIPT =
      """
      set -eu
      cp -a "$1" "$4"
      mkdir -p "$4/pg_wal"
      chmod 700 "$4"
      cat > "$4/postgresql.auto.conf" <<EOF
      listen_addresses = ''
      unix_socket_directories = '$4'
      port = 5999
      archive_mode = off
      hot_standby = off
      restore_command = 'cp "$2/%f" "%p"'
      recovery_target_time = '$5'
      recovery_target_inclusive = off
      recovery_target_timeline = '1'
      recovery_target_action = promote
      EOF
      touch "$4/recovery.signal"
      "$3/pg_ctl" start -w -t 600 -D "$4" -l "$4.log" > /dev/null
      until grep -q "database system is ready to accept connections" "$4.log"; do sleep 0.05; done
      """;

  private final Path server;
  private final Path tools;
  private final Path target;

  PlainRecovery(Path server, Path tools, Path target) {
    this.server = server;
    this.tools = tools;
    this.target = target;
  }

  /** Restores, and takes away what was made. */
  double seconds(Instant moment) throws IOException, InterruptedException {
    run("install -d -o postgres \"$1\"", target.toString());
    Path data = target.resolve("data");
    long begin = System.nanoTime();
    asServer(
        SCRIPT,
        backup().toString(),
        server.resolve("archive").toString(),
        tools.toString(),
        data.toString(),
        moment.toString().replace("Z", "+00"));
    double seconds = (System.nanoTime() - begin) / 1e9;
    asServer("\"$1/pg_ctl\" stop -w -m fast -D \"$2\"", tools.toString(), data.toString());
    run("rm -rf \"$1\"", target.toString());
    return seconds;
  }

  long logBytes() throws IOException {
    try (Stream<Path> files = Files.list(server.resolve("archive"))) {
      long bytes = 0;
      for (Path each : files.toList()) {
        bytes += Files.size(each);
      }
      return bytes;
    }
  }

  private Path backup() throws IOException {
    try (Stream<Path> all = Files.walk(server.resolve("backups"), 3)) {
      return all.filter(each -> Files.exists(each.resolve("PG_VERSION")))
          .filter(each -> Files.exists(each.resolve("base")))
          .max((one, other) -> one.toString().compareTo(other.toString()))
          .orElseThrow(() -> new IOException("there is no base backup below " + server));
    }
  }

  private static void asServer(String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.addAll(List.of("sh", "-c", script, "plain"));
    command.addAll(List.of(arguments));
    execute(command);
  }

  private static void run(String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "plain"));
    command.addAll(List.of(arguments));
    execute(command);
  }

  private static void execute(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("a restore by hand did not end well: " + said);
    }
  }
}
