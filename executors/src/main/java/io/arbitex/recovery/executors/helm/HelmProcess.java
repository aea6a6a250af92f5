package io.arbitex.recovery.executors.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Starts {@link HelmProgram} for one request. Helm is native code with a runtime of its own: it
 * knows no interrupt, takes signals of the process for itself, and an API server that hangs holds
 * it for ever. A process can be ended at the step's deadline, and its crash is only a failed step.
 */
final class HelmProcess {
  /** As the runbook's {@code helm install --timeout 10m} (section 2c). */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final String PREFIX = "recovery-helm";
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final long POLL_MILLIS = 100;
  private static final int KEPT_ERRORS = 2_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private HelmProcess() {}

  /**
   * @param doing what it does, for people
   * @return what Helm answers, which may be an error
   * @throws ActionFailure TOOL_FAILED when the process dies, DEADLINE at the end of the action's
   *     time; or when the step is cancelled
   */
  static HelmAnswer ask(ActionContext context, String doing, HelmRequest request)
      throws ActionFailure, InterruptedException {
    Path folder = null;
    sweep(Path.of(System.getProperty("java.io.tmpdir")));
    try {
      // The library unpacks its native part there at every start.
      folder = Files.createTempDirectory(PREFIX);
      return ask(context, doing, request, folder);
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED,
          "Helm could not be run to " + doing + ": " + e.getMessage(),
          "See whether there is room in the temporary folder: it needs 200 MB.",
          true,
          e);
    } finally {
      delete(folder);
    }
  }

  private static HelmAnswer ask(
      ActionContext context, String doing, HelmRequest request, Path folder)
      throws IOException, ActionFailure, InterruptedException {
    Path output = folder.resolve("answer");
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command(folder))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      // Left open: the end of its input ends the process.
      send(process.getOutputStream(), JSON.writeValueAsString(request));
      await(context, doing, process);
      return answer(doing, process.exitValue(), output, errors);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void send(OutputStream in, String request) {
    try {
      in.write((request + "\n").getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      // It has died before it read; why, stands in its exit status and errors.
      LoggerFactory.getLogger(HelmProcess.class).debug("Helm's process takes nothing", e);
    }
  }

  private static List<String> command(Path folder) {
    List<String> words = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      words.addAll(List.of(NICE.toString(), "-n", "10"));
    }
    words.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + folder,
            // Where its native part is missing it would be fetched from the internet, at 3 a.m.
            "-Dcom.marcnuri.jkube-helm.skipRemoteJar=true",
            "-cp",
            System.getProperty("java.class.path"),
            HelmProgram.class.getName()));
    return words;
  }

  private static void await(ActionContext context, String doing, Process process)
      throws ActionFailure, InterruptedException {
    Duration left = context.remaining();
    long end = System.nanoTime() + (left.compareTo(LONGEST) < 0 ? left : LONGEST).toNanos();
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      Patience.refuseIfCancelled(context);
      if (System.nanoTime() - end >= 0) {
        throw ActionFailure.permanent(
            FailureCode.DEADLINE,
            "Helm did not " + doing + " in time and was ended",
            "See whether the API of the new cluster answers.");
      }
    }
  }

  private static HelmAnswer answer(String doing, int status, Path output, Path errors)
      throws IOException, ActionFailure {
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    if (status == 0 && !lines.isEmpty()) {
      try {
        return JSON.readValue(lines.get(lines.size() - 1), HelmAnswer.class);
      } catch (JsonProcessingException e) {
        throw died(doing, "said what cannot be read", e);
      }
    }
    String said = Files.readString(errors, StandardCharsets.UTF_8).strip();
    String end = said.substring(Math.max(0, said.length() - KEPT_ERRORS));
    throw died(doing, "ended with " + status + ": " + end, null);
  }

  private static ActionFailure died(String doing, String how, Exception cause) {
    return new ActionFailure(
        FailureCode.TOOL_FAILED,
        "the process that lets Helm " + doing + " " + how,
        "It is tried again; if it stays so, install by hand what the runbook's section 2c says.",
        true,
        cause);
  }

  /** What an executor that was killed has left; that it cannot be cleared away stops nothing. */
  private static void sweep(Path temporary) {
    FileTime old = FileTime.from(Instant.now().minus(LONGEST.multipliedBy(2)));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path each : left) {
        if (Files.getLastModifiedTime(each).compareTo(old) < 0) {
          delete(each);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Another command may be clearing the same away.
      LoggerFactory.getLogger(HelmProcess.class)
          .warn(
              "what earlier runs of Helm have left in {} is not cleared away: {}",
              temporary,
              e.toString());
    }
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException failed)
                throws IOException {
              Files.delete(each);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      LoggerFactory.getLogger(HelmProcess.class)
          .warn("{} is left in the temporary folder: {}", folder, e.toString());
    }
  }
}
