package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.checks.DatabaseAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server of the lab, on 127.0.0.1 only. PostgreSQL refuses to run as root, so as root
 * it runs as the user postgres, else as oneself.
 */
final class PostgresServer {
  /** The server's owner; only the lab uses it. */
  static final String SUPERUSER = "postgres";

  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final LabFolder folder;
  private final String name;
  private final int port;
  private final Path tools;

  PostgresServer(LabFolder folder, String name, int port, Path tools) {
    this.folder = folder;
    this.name = name;
    this.port = port;
    this.tools = tools;
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  Path data() {
    return folder.postgresql(name).resolve("data");
  }

  Path log() {
    return folder.postgresql(name).resolve("server.log");
  }

  DatabaseAddress address(String database, String user, String password) {
    return new DatabaseAddress("127.0.0.1", port, database, user, password, "disable");
  }

  /** Makes the data directory. */
  void initialize(String superuserPassword) throws IOException, InterruptedException {
    Path home = folder.postgresql(name);
    Files.createDirectories(home);
    giveToServer(home);
    Path password = home.resolve("superuser");
    Files.writeString(password, superuserPassword);
    giveToServer(password);
    run(
        "initdb",
        "-D",
        data().toString(),
        "-U",
        SUPERUSER,
        "-A",
        "scram-sha-256",
        "--pwfile=" + password,
        "--data-checksums",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C");
    Files.delete(password);
    Files.write(
        data().resolve("postgresql.conf"),
        List.of(
            "listen_addresses = '127.0.0.1'",
            "port = " + port,
            "unix_socket_directories = ''",
            "shared_buffers = 64MB",
            "max_connections = 60",
            "max_wal_size = 2GB",
            "wal_level = replica",
            "fsync = on",
            "log_line_prefix = '%m [%p] %u@%d '",
            "log_checkpoints = off"),
        StandardCharsets.UTF_8,
        StandardOpenOption.APPEND);
  }

  /** Starts it and returns when it takes connections. */
  void start() throws IOException, InterruptedException {
    run("pg_ctl", "start", "-w", "-t", "60", "-D", data().toString(), "-l", log().toString());
  }

  /** Stops it in an orderly way, ending its sessions; nothing when it does not run. */
  void stop() throws IOException, InterruptedException {
    if (postmaster().isPresent()) {
      run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", data().toString());
    }
  }

  /** kill -9 of the server and all its children; returns when they are gone. */
  void kill() throws InterruptedException {
    Optional<ProcessHandle> postmaster = postmaster();
    if (postmaster.isEmpty()) {
      return;
    }
    List<ProcessHandle> all = new ArrayList<>();
    postmaster.get().descendants().forEach(all::add);
    all.add(0, postmaster.get());
    all.forEach(ProcessHandle::destroyForcibly);
    try {
      CompletableFuture.allOf(
              all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new LabFailure("PostgreSQL " + name + " does not die", e);
    }
  }

  /** The server's main process, while it lives. */
  Optional<ProcessHandle> postmaster() {
    long pid;
    try {
      List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
      pid = Long.parseLong(lines.get(0).strip());
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
    // The file outlives a kill, and its number may by now be somebody else's.
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(
            handle ->
                handle.info().command().map(each -> each.endsWith("/postgres")).orElse(false));
  }

  private void run(String tool, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(tools.resolve(tool).toString());
    command.addAll(List.of(arguments));
    String log = "postgresql-" + name + "-" + tool;
    Process process =
        new ProcessBuilder(command)
            .directory(folder.postgresql(name).toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.log(log).toFile()))
            .start();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new LabFailure(tool + " for PostgreSQL " + name + " did not end within " + LIMIT);
    }
    if (process.exitValue() != 0) {
      throw new LabFailure(
          tool
              + " for PostgreSQL "
              + name
              + " ended with "
              + process.exitValue()
              + "; see "
              + folder.log(log)
              + " and "
              + log()
              + (isRoot() ? ". The user postgres must be able to reach " + folder.root() : ""));
    }
  }

  private static void giveToServer(Path path) throws IOException {
    if (isRoot()) {
      Files.setOwner(
          path,
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
