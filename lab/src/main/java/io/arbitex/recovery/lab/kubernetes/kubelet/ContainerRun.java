package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One container of a pod through all its runs: waiting, running, ended, waiting to be restarted.
 * Only the kubelet's thread changes it.
 */
final class ContainerRun {
  /** As a kubelet says of a container whose end it did not see. */
  static final int UNKNOWN_EXIT = 137;

  private static final int KILLED_BY_PROBE_GRACE_SECONDS = 30;

  private final String name;
  private final PodFolder folder;
  private volatile ContainerRecord record;
  // Execs read it from other threads.
  private volatile Optional<ProcessHandle> process = Optional.empty();
  private Optional<Process> child = Optional.empty();
  private Optional<ObjectNode> ended = Optional.empty();
  private Optional<ObjectNode> lastEnded = Optional.empty();
  private Instant started = Instant.EPOCH;
  private Instant notBefore = Instant.MIN;
  private Duration backoff = Duration.ZERO;
  private Optional<Instant> killAt = Optional.empty();
  private String waiting = "ContainerCreating";
  private String waitingMessage = "";
  private int restarts;
  Optional<ProbeState> readiness = Optional.empty();
  Optional<ProbeState> liveness = Optional.empty();
  Optional<ProbeState> startup = Optional.empty();

  private ContainerRun(String name, PodFolder folder) {
    this.name = name;
    this.folder = folder;
  }

  /**
   * Takes up a container where its records say it is: never started, still running, or ended while
   * nobody looked.
   *
   * @param status what the pod's status says of it; missing for a new one
   */
  static ContainerRun takeUp(
      String name, JsonNode container, JsonNode status, PodFolder folder, Instant now)
      throws IOException {
    ContainerRun run = new ContainerRun(name, folder);
    run.restarts = status.path("restartCount").asInt(0);
    if (status.at("/lastState/terminated") instanceof ObjectNode terminated) {
      run.lastEnded = Optional.of(terminated);
    }
    if (status.at("/state/terminated") instanceof ObjectNode terminated) {
      run.ended = Optional.of(terminated);
    }
    Optional<ContainerRecord> record = ContainerRecord.read(folder.record(name));
    if (record.isEmpty()) {
      return run;
    }
    run.record = record.get();
    Optional<ProcessHandle> living = record.get().find(folder.record(name));
    if (living.isPresent()) {
      run.record = record.get().started(living.get());
      run.record.write(folder.record(name));
      run.restarts = run.record.run();
      run.ended = Optional.empty();
      run.runs(living.get(), container, living.get().info().startInstant().orElse(now));
    } else if (run.ended.isEmpty()) {
      run.restarts = run.record.run();
      run.end(UNKNOWN_EXIT, "ContainerStatusUnknown", now);
    }
    return run;
  }

  private void runs(ProcessHandle handle, JsonNode container, Instant now) {
    process = Optional.of(handle);
    started = now;
    killAt = Optional.empty();
    readiness = probe(container, "readinessProbe", now, false);
    liveness = probe(container, "livenessProbe", now, true);
    startup = probe(container, "startupProbe", now, false);
  }

  private static Optional<ProbeState> probe(
      JsonNode container, String field, Instant now, boolean passing) {
    return container.has(field)
        ? Optional.of(new ProbeState(container.path(field), now, passing))
        : Optional.empty();
  }

  /** Starts the next run. */
  void start(ContainerCommandLine line, JsonNode container, Instant now) throws IOException {
    int run = ended.isPresent() ? restarts + 1 : restarts;
    if (record != null) {
      record.forget(folder.record(name));
    }
    record = ContainerRecord.starting(line.containerId(), run, line.builder().environment());
    record.write(folder.record(name));
    line.builder()
        .command()
        .addAll(0, ContainerRecord.leavingPid(folder.record(name), line.containerId()));
    Path log = folder.log(name, run);
    Process made =
        line.builder()
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    record = record.started(made.toHandle());
    record.write(folder.record(name));
    restarts = run;
    lastEnded = ended.isPresent() ? ended : lastEnded;
    ended = Optional.empty();
    child = Optional.of(made);
    runs(made.toHandle(), container, now);
  }

  /** A command line with the mark that is in its environment. */
  record ContainerCommandLine(String containerId, ProcessBuilder builder) {
    static String newId() {
      return UUID.randomUUID().toString();
    }
  }

  /** Sees whether the process has ended; true if it has just now. */
  boolean sawEnd(Instant now, Duration longestBackoff) {
    if (process.isEmpty() || process.get().isAlive()) {
      return false;
    }
    // The parent of the others is gone, and with it the container.
    ContainerProcesses.kill(record.containerId(), record.pid());
    int code = child.filter(each -> !each.isAlive()).map(Process::exitValue).orElse(UNKNOWN_EXIT);
    String reason = child.isEmpty() ? "ContainerStatusUnknown" : code == 0 ? "Completed" : "Error";
    boolean ranLong = Duration.between(started, now).compareTo(longestBackoff) > 0;
    if (ranLong) {
      backoff = Duration.ZERO;
    }
    end(code, reason, now);
    return true;
  }

  private void end(int code, String reason, Instant now) {
    ObjectNode state = Meta.JSON.createObjectNode();
    state.put("exitCode", code).put("reason", reason);
    state.put("startedAt", Meta.time(started.equals(Instant.EPOCH) ? now : started));
    state.put("finishedAt", Meta.time(now)).put("containerID", "lab://" + record.containerId());
    ended = Optional.of(state);
    process = Optional.empty();
    child = Optional.empty();
    notBefore = now.plus(backoff);
  }

  /** Decides that it starts again, after the backoff that grows. */
  void backOff(Duration first, Duration longest) {
    Duration doubled = backoff.isZero() ? first : backoff.multipliedBy(2);
    backoff = doubled.compareTo(longest) > 0 ? longest : doubled;
  }

  /** TERM now, KILL after the grace. Calling it again changes nothing. */
  void terminate(Duration grace, Instant now) {
    if (process.isPresent() && killAt.isEmpty()) {
      killAt = Optional.of(now.plus(grace));
      process.get().destroy();
    }
  }

  void terminateForProbe(JsonNode pod, Instant now) {
    int grace = pod.at("/spec/terminationGracePeriodSeconds").asInt(KILLED_BY_PROBE_GRACE_SECONDS);
    terminate(Duration.ofSeconds(grace), now);
  }

  /** A shorter grace than was given before. */
  void shorten(Instant latest) {
    killAt = killAt.map(at -> at.isAfter(latest) ? latest : at);
  }

  void killIfDue(Instant now) {
    if (killAt.isPresent() && !now.isBefore(killAt.get())) {
      kill();
    }
  }

  /** KILL to all its processes. */
  void kill() {
    process.ifPresent(ProcessHandle::destroyForcibly);
    if (record != null) {
      ContainerProcesses.kill(record.containerId(), record.pid());
    }
  }

  void waits(String reason, String message) {
    waiting = reason;
    waitingMessage = message;
  }

  String name() {
    return name;
  }

  boolean isRunning() {
    return process.isPresent();
  }

  boolean isStopping() {
    return killAt.isPresent() && isRunning();
  }

  Optional<ProcessHandle> process() {
    return process;
  }

  /** What its process was started with, whatever has changed since. */
  Map<String, String> environment() {
    return record.environment();
  }

  boolean hasEnded() {
    return ended.isPresent();
  }

  int exitCode() {
    return ended.map(state -> state.path("exitCode").asInt()).orElse(0);
  }

  boolean mayStart(Instant now) {
    return !isRunning() && !now.isBefore(notBefore);
  }

  int restarts() {
    return restarts;
  }

  boolean isStarted() {
    return isRunning() && startup.map(ProbeState::isPassing).orElse(true);
  }

  boolean isReady() {
    return isStarted() && !isStopping() && readiness.map(ProbeState::isPassing).orElse(true);
  }

  /**
   * What the pod's status says of it.
   *
   * @param restartable whether it starts again when it has ended
   */
  ObjectNode status(String image, boolean restartable) {
    ObjectNode status = Meta.JSON.createObjectNode();
    status.put("name", name).put("image", image).put("imageID", "lab://" + image);
    status.put("ready", isReady()).put("started", isStarted()).put("restartCount", restarts);
    if (record != null) {
      status.put("containerID", "lab://" + record.containerId());
    }
    ObjectNode state = status.putObject("state");
    ObjectNode last = status.putObject("lastState");
    if (isRunning()) {
      state.putObject("running").put("startedAt", Meta.time(started));
      lastEnded.ifPresent(each -> last.set("terminated", each));
    } else if (ended.isPresent() && !restartable) {
      state.set("terminated", ended.get());
      lastEnded.ifPresent(each -> last.set("terminated", each));
    } else {
      ObjectNode wait = state.putObject("waiting").put("reason", waiting);
      if (!waitingMessage.isEmpty()) {
        wait.put("message", waitingMessage);
      }
      ended.or(() -> lastEnded).ifPresent(each -> last.set("terminated", each));
    }
    return status;
  }
}
