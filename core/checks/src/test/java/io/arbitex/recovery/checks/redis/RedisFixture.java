package io.arbitex.recovery.checks.redis;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Redis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A real redis-server for tests: a folder of its own under the temporary folder, a free port on
 * 127.0.0.1. Ends with {@link #close()} or with the test's JVM.
 */
public final class RedisFixture implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path folder;
  private final int port;
  private final List<String> options;
  private final Thread hook = new Thread(this::destroy, "redis-fixture-end");
  private Process process;

  private RedisFixture(Path folder, int port, List<String> options) {
    this.folder = folder;
    this.port = port;
    this.options = List.copyOf(options);
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param options of its command line, such as {@code --appendonly yes}, word by word
   */
  public static RedisFixture start(String... options) {
    try {
      RedisFixture fixture =
          new RedisFixture(
              Files.createTempDirectory("recovery-redis-"), freePort(), List.of(options));
      Runtime.getRuntime().addShutdownHook(fixture.hook);
      fixture.run();
      return fixture;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Starts it again on the same port and folder. */
  public void run() throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("redis-server", "--port", Integer.toString(port)));
    command.addAll(List.of("--bind", "127.0.0.1", "--dir", data().toString(), "--save", ""));
    command.addAll(options);
    Files.createDirectories(data());
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException("redis-server did not start: " + Files.readString(log()));
      }
      Thread.onSpinWait();
    }
  }

  private boolean answers() {
    try {
      return ask(commands -> RedisInfo.parse(commands.info()).number("loading").orElse(1) == 0);
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** Kills it with signal 9 and waits for its end. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("redis-server does not end");
    }
  }

  public long pid() {
    return process.pid();
  }

  public Path data() {
    return folder.resolve("data");
  }

  private Path log() {
    return folder.resolve("log");
  }

  public int port() {
    return port;
  }

  /** Runs commands on a connection of their own. */
  public <T> T ask(Function<RedisCommands<String, String>, T> work) {
    try (RedisClient client = RedisClient.create();
        StatefulRedisConnection<String, String> connection =
            client.connect(RedisURI.create("127.0.0.1", port))) {
      return work.apply(connection.sync());
    }
  }

  /** Sets so many keys, {@code key:0} and on. */
  public void fill(int keys) {
    ask(
        commands -> {
          for (int i = 0; i < keys; i++) {
            commands.set("key:" + i, "value " + i);
          }
          return keys;
        });
  }

  /** What an inventory would say of it. */
  public Redis settings() {
    return settings("");
  }

  /**
   * What an inventory would say of it.
   *
   * @param more further fields, {@code ", name: value"}
   */
  public Redis settings(String more) {
    String text =
        """
        platforms:
          - name: lab
            observers: [a]
            endpoints: {health: ["http://127.0.0.1:1"], adminToken: env:A, auditKey: env:A}
            kubernetes: {kubeconfig: file:kubeconfig, namespace: arbitex}
            components:
              - name: redis
                kind: redis
                redis: {resource: arbitex-redis, host: 127.0.0.1, port: %d, statefulSet: arbitex-redis,
                  claim: data-arbitex-redis-0, helperImage: redis, backups: [backups], tools: /usr/bin%s}
        """
            .formatted(port, more);
    try {
      return Inventory.parse("platform.yaml", folder, text)
          .platforms()
          .get(0)
          .components()
          .get(0)
          .redis()
          .orElseThrow();
    } catch (InvalidConfiguration e) {
      throw new IllegalStateException(e);
    }
  }

  private void destroy() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    destroy();
    Runtime.getRuntime().removeShutdownHook(hook);
    try {
      kill();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
