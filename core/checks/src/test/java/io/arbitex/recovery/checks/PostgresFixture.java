package io.arbitex.recovery.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real PostgreSQL server for tests: a data directory of its own under the temporary folder, a
 * free port on 127.0.0.1, scram passwords, checksums, no fsync. As root it runs as the user
 * postgres, since PostgreSQL refuses root. Ends with {@link #close()} or with the test's JVM.
 */
public final class PostgresFixture implements AutoCloseable {
  /** Superuser of the server. */
  public static final String USER = "fixture_admin";

  /** Password of {@link #USER}: the server lives for one test only. */
  public static final String PASSWORD = "fixture-only";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path tools;
  private final Path folder;
  private final int port;
  private final Thread hook = new Thread(this::destroy, "postgres-fixture-end");

  private PostgresFixture(Path tools, Path folder, int port) {
    this.tools = tools;
    this.folder = folder;
    this.port = port;
  }

  /** Starts a server; takes about two seconds. */
  public static PostgresFixture start() {
    return start(List.of());
  }

  /**
   * Starts a server.
   *
   * @param settings further lines of postgresql.conf
   */
  public static PostgresFixture start(List<String> settings) {
    try {
      Path folder = Files.createTempDirectory("recovery-pg-");
      PostgresFixture fixture = new PostgresFixture(findTools(), folder, freePort());
      Runtime.getRuntime().addShutdownHook(fixture.hook);
      fixture.initialize(settings);
      fixture.startServer();
      return fixture;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void initialize(List<String> settings) throws IOException {
    Path password = folder.resolve("password");
    Files.writeString(password, PASSWORD);
    giveToServerUser(folder);
    giveToServerUser(password);
    run(
        tools.resolve("initdb").toString(),
        "-D",
        data().toString(),
        "-U",
        USER,
        "-A",
        "scram-sha-256",
        "--pwfile=" + password,
        "--data-checksums",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C");
    List<String> lines = new ArrayList<>();
    lines.add("listen_addresses = '127.0.0.1'");
    lines.add("port = " + port);
    lines.add("unix_socket_directories = ''");
    lines.add("shared_buffers = 32MB");
    lines.add("max_connections = 60");
    lines.add("fsync = off");
    lines.addAll(settings);
    Files.write(
        data().resolve("postgresql.conf"),
        lines,
        StandardCharsets.UTF_8,
        StandardOpenOption.APPEND);
  }

  public int port() {
    return port;
  }

  /** Folder of pg_dump, pg_restore and the server's own programs. */
  public Path tools() {
    return tools;
  }

  public Path data() {
    return folder.resolve("data");
  }

  /** A database of this server, as its superuser. */
  public DatabaseAddress address(String database) {
    return new DatabaseAddress("127.0.0.1", port, database, USER, PASSWORD, "disable");
  }

  /** A connection as superuser. */
  public Connection connect(String database) throws SQLException {
    return address(database).connect("test", Duration.ofSeconds(5), Duration.ofSeconds(60));
  }

  /** Makes an empty database. */
  public DatabaseAddress createDatabase(String name) throws SQLException {
    execute("postgres", "CREATE DATABASE \"" + name + "\"");
    return address(name);
  }

  /** Runs statements outside of a transaction. */
  public void execute(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /** Starts the server again after {@link #stop()} or {@link #kill()}. */
  public void startServer() {
    run(
        tools.resolve("pg_ctl").toString(),
        "start",
        "-w",
        "-t",
        "30",
        "-D",
        data().toString(),
        "-l",
        folder.resolve("log").toString());
  }

  /** Stops the server in an orderly way, ending its sessions. */
  public void stop() {
    run(tools.resolve("pg_ctl").toString(), "stop", "-w", "-m", "fast", "-D", data().toString());
  }

  /** kill -9 of the server and all its children; returns when they are gone. */
  public void kill() {
    Optional<ProcessHandle> postmaster = postmaster();
    List<ProcessHandle> all = new ArrayList<>();
    postmaster.ifPresent(
        process -> {
          all.add(process);
          process.descendants().forEach(all::add);
        });
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : all) {
      try {
        process.onExit().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
      } catch (RuntimeException e) {
        throw new IllegalStateException("process " + process.pid() + " does not end", e);
      }
    }
  }

  /** Process id of the postmaster, while it lives. */
  public Optional<ProcessHandle> postmaster() {
    try {
      String pid = Files.readAllLines(data().resolve("postmaster.pid")).get(0).strip();
      return ProcessHandle.of(Long.parseLong(pid));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    destroy();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook runs or has run: what it does is done.
      return;
    }
  }

  private void destroy() {
    kill();
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(String... command) {
    List<String> whole = new ArrayList<>();
    if (isRoot()) {
      whole.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    whole.addAll(List.of(command));
    Path output = folder.resolve("output-" + System.nanoTime());
    try {
      Process process =
          new ProcessBuilder(whole)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(whole + " did not end in " + LIMIT);
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            whole + " ended with " + process.exitValue() + ": " + Files.readString(output) + log());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private String log() throws IOException {
    Path log = folder.resolve("log");
    return Files.exists(log) ? "\n" + Files.readString(log) : "";
  }

  private static void giveToServerUser(Path path) throws IOException {
    if (isRoot()) {
      UserPrincipal postgres =
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres");
      Files.setOwner(path, postgres);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** The newest PostgreSQL of Debian's folders, else what the path has. */
  private static Path findTools() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(versions)) {
      try (Stream<Path> found = Files.list(versions)) {
        Optional<Path> newest =
            found
                .filter(each -> each.getFileName().toString().matches("\\d+"))
                .map(each -> each.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                .max(
                    Comparator.comparingInt(
                        bin -> Integer.parseInt(bin.getParent().getFileName().toString())));
        if (newest.isPresent()) {
          return newest.get();
        }
      }
    }
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, "initdb"))) {
        return Path.of(folder);
      }
    }
    throw new IOException("no PostgreSQL server is installed: initdb was not found");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
