package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The processes of a lab. Each has a file in {@code run/} that says how to find it and how to start
 * it again; it lives in a session of its own, so it outlives the command that started it and sees
 * no Ctrl-C meant for that.
 */
final class LabProcesses {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUFFIX = ".json";

  /** They recompute the audit chain: the optimizing compiler's SHA-256 is worth its start. */
  private static final Set<String> COMPUTING = Set.of("executors", "verifier");

  private final LabFolder folder;
  private Optional<ClassArchive> archive = Optional.empty();

  LabProcesses(LabFolder folder) {
    this.folder = folder;
  }

  /** Writes the class path of this process to a file that the started ones read. */
  void shareClassPath() throws IOException {
    // A test's JVM is started with a jar that only names the class path.
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    // They run in the lab's folder, so no part of it may be relative to this one.
    String absolute =
        Arrays.stream(path.split(File.pathSeparator, -1))
            .filter(part -> !part.isEmpty())
            // What only tests need is no part of a service, and would forbid the archive.
            .filter(part -> !part.endsWith(File.separator + "test-classes"))
            .map(part -> Path.of(part).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    Files.writeString(classPath(), absolute);
    archive = ClassArchive.of(absolute);
    Files.writeString(arguments(), "-cp \"" + absolute.replace("\\", "\\\\") + "\"\n");
  }

  private Path arguments() {
    return folder.run().resolve("classpath.args");
  }

  /**
   * The command line of a Java process with the lab's class path.
   *
   * @param name of the process
   * @param heapMegabytes most heap it may take
   */
  List<String> java(String name, int heapMegabytes, String mainClass, List<String> arguments) {
    return ownSession(inSession(name, heapMegabytes, mainClass, arguments));
  }

  /** The same for whoever gives it a session himself. */
  List<String> inSession(String name, int heapMegabytes, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("-XX:+UseSerialGC");
    if (!COMPUTING.contains(name)) {
      // Many small processes share two cores: what counts is how fast they start.
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-Dfile.encoding=UTF-8");
    archive.ifPresent(each -> command.addAll(each.options(folder.run(), name)));
    command.add("@" + arguments());
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  /** The command in a session of its own; it keeps the number of its process. */
  static List<String> ownSession(List<String> command) {
    List<String> whole = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      whole.add("/usr/bin/setsid");
    }
    whole.addAll(command);
    return whole;
  }

  /** Starts a process; its output goes to its log. */
  ProcessState start(String name, List<String> command, int httpPort) throws IOException {
    Path log = folder.log(name);
    Process process =
        new ProcessBuilder(command)
            .directory(folder.root().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    Instant started =
        process
            .info()
            .startInstant()
            .orElseThrow(() -> new LabFailure(name + " ended at once" + tail(name)));
    ProcessState state =
        new ProcessState(
            name, process.pid(), started.toString(), command, log.toString(), httpPort);
    LabFolder.writeAtomically(
        folder.run().resolve(name + SUFFIX),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(state));
    return state;
  }

  /**
   * Makes the archive of classes for the labs to come, when the processes of this one have ended.
   */
  void archiveClasses(Consumer<String> say) throws IOException, InterruptedException {
    if (Files.exists(classPath())) {
      Optional<ClassArchive> own = ClassArchive.of(Files.readString(classPath()));
      if (own.isPresent() && !own.get().isMade()) {
        say.accept("archiving classes, so that the next lab starts faster");
        own.get().make(folder.run(), folder.log("class-archive"));
      }
    }
  }

  private Path classPath() {
    return folder.run().resolve("classpath");
  }

  /** All that were started, alive or not. */
  Map<String, ProcessState> all() throws IOException {
    Map<String, ProcessState> all = new LinkedHashMap<>();
    if (!Files.isDirectory(folder.run())) {
      return all;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.run(), "*" + SUFFIX)) {
      for (Path file : files) {
        ProcessState state = JSON.readValue(Files.readAllBytes(file), ProcessState.class);
        all.put(state.name(), state);
      }
    }
    return all;
  }

  /** kill -9 of a process alone; its children live on, as they do when a machine kills it. */
  static void kill(ProcessState state) throws InterruptedException {
    List<ProcessHandle> handles = state.find().stream().toList();
    handles.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(handles, Duration.ofSeconds(10));
  }

  /** Ends processes: TERM to all at once, after the limit KILL; their children too. */
  static void end(Collection<ProcessState> states, Duration limit) throws InterruptedException {
    List<ProcessHandle> asked = new ArrayList<>();
    List<ProcessHandle> children = new ArrayList<>();
    for (ProcessState state : states) {
      state
          .find()
          .ifPresent(
              handle -> {
                asked.add(handle);
                handle.descendants().forEach(children::add);
              });
    }
    asked.forEach(ProcessHandle::destroy);
    awaitEnd(asked, limit);
    asked.addAll(children);
    asked.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(asked, Duration.ofSeconds(10));
  }

  /** Waits until all have ended, or the limit is over. */
  static void awaitEnd(List<ProcessHandle> handles, Duration limit) throws InterruptedException {
    CompletableFuture<?> all =
        CompletableFuture.allOf(
            handles.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
    try {
      all.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The caller goes on to harder means, or tells what still lives.
      return;
    } catch (ExecutionException e) {
      throw new IllegalStateException("waiting for the end of a process", e);
    }
  }

  /** The last lines of a process's log, for a failure's message. */
  String tail(String name) {
    try {
      List<String> lines = Files.readAllLines(folder.log(name), StandardCharsets.UTF_8);
      return "; the end of "
          + folder.log(name)
          + ":\n"
          + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return "; it has no readable log: " + e;
    }
  }
}
