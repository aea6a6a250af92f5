package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.redis.RdbCheck;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Looks through an RDB file where the executor runs, before anything is sent anywhere. */
final class RdbInspection {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final long POLL_MILLIS = 50;
  private static final int CHUNK = 1 << 16;
  private static final Path NICE = Path.of("/usr/bin/nice");

  private final Path tool;

  /**
   * @param tools the folder of redis-check-rdb
   */
  RdbInspection(Path tools) {
    this.tool = tools.resolve("redis-check-rdb");
  }

  /**
   * Refuses to begin without the tool.
   *
   * @throws ActionFailure PREFLIGHT then
   */
  void requireTool() throws ActionFailure {
    if (!Files.isExecutable(tool)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "there is no " + tool,
          "Install redis-tools and set 'tools' of the inventory to its folder.");
    }
  }

  /** SHA-256 of a file in hex. */
  static String sha256(ActionContext context, Path file) throws IOException, ActionFailure {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
        Patience.refuseIfCancelled(context);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The keys in a file; empty when redis-check-rdb does not call it whole.
   *
   * @throws ActionFailure when the tool cannot be run or takes too long
   */
  Optional<Long> keys(ActionContext context, Path file) throws ActionFailure, InterruptedException {
    requireTool();
    Path said = null;
    try {
      said = Files.createTempFile("redis-check-rdb-", ".txt");
      return run(context, file, said) ? RdbCheck.keys(Files.readString(said)) : Optional.empty();
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED,
          "redis-check-rdb cannot be run: " + e,
          "See the executor's temporary folder: space, rights.",
          true,
          e);
    } finally {
      delete(said);
    }
  }

  private boolean run(ActionContext context, Path file, Path said)
      throws IOException, ActionFailure, InterruptedException {
    List<String> check = List.of(tool.toString(), file.toString());
    List<String> words =
        Files.isExecutable(NICE)
            ? List.of(NICE.toString(), "-n", "10", check.get(0), check.get(1))
            : check;
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      process.getOutputStream().close();
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        Patience.refuseIfCancelled(context);
        if (System.nanoTime() - end >= 0 || context.remaining().isZero()) {
          throw ActionFailure.passing(
              FailureCode.TOOL_FAILED,
              "redis-check-rdb took too long on " + file,
              "See whether the folder of the backups hangs.");
        }
      }
      return process.exitValue() == 0;
    } finally {
      process.destroyForcibly();
    }
  }

  private static void delete(Path file) throws ActionFailure {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED,
          "a temporary file cannot be deleted: " + e,
          "See the executor's temporary folder.",
          true,
          e);
    }
  }
}
