package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.kubelet.ContainerRun.ContainerCommandLine;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one pod on this machine to what its specification says, a step at a time. */
final class PodWorker {
  private static final Logger log = LoggerFactory.getLogger(PodWorker.class);

  /** What all workers share. */
  record Tools(
      ImageFile images,
      VolumeFolders volumes,
      Variables variables,
      Prober prober,
      EventRecorder events,
      KubeletSettings settings,
      Runnable wake) {}

  private final Tools tools;
  private final PodFolder folder;
  private final String podIp;
  private final Map<String, ContainerRun> containers = new LinkedHashMap<>();
  private boolean mounted;

  PodWorker(Tools tools, JsonNode pod, PodFolder folder, String podIp, Instant now)
      throws IOException {
    this.tools = tools;
    this.folder = folder;
    this.podIp = podIp;
    for (JsonNode container : pod.at("/spec/containers")) {
      String name = container.path("name").asText();
      JsonNode status = MissingNode.getInstance();
      for (JsonNode each : pod.at("/status/containerStatuses")) {
        status = each.path("name").asText().equals(name) ? each : status;
      }
      containers.put(name, ContainerRun.takeUp(name, container, status, folder, now));
    }
  }

  PodFolder folder() {
    return folder;
  }

  Optional<ContainerRun> container(String name) {
    return name.isEmpty()
        ? containers.values().stream().findFirst()
        : Optional.ofNullable(containers.get(name));
  }

  /** Does what is due; returns the pod's status as it is then. */
  ObjectNode sync(ObjectNode pod, Instant now) {
    containers.values().forEach(each -> seeEnd(pod, each, now));
    Map<String, Path> volumes = null;
    CannotStart obstacle = null;
    try {
      volumes = tools.volumes().mount(pod, folder);
      mounted = true;
    } catch (CannotStart e) {
      obstacle = e;
      if (!mounted) {
        tools.events().warn(pod, "FailedMount", e.getMessage());
      }
    }
    for (JsonNode spec : pod.at("/spec/containers")) {
      ContainerRun container = containers.get(spec.path("name").asText());
      if (container.isRunning()) {
        probe(pod, spec, container, now);
        container.killIfDue(now);
      } else if (shouldRun(pod, container)) {
        if (volumes == null) {
          container.waits("ContainerCreating", obstacle.getMessage());
        } else if (container.mayStart(now)) {
          start(pod, spec, container, volumes, now);
        }
      }
    }
    return PodStatus.of(pod, List.copyOf(containers.values()), podIp, this::restartable, now);
  }

  private boolean restartable(ObjectNode pod, ContainerRun container) {
    return shouldRun(pod, container);
  }

  private static boolean shouldRun(ObjectNode pod, ContainerRun container) {
    if (!container.hasEnded()) {
      return true;
    }
    return switch (pod.at("/spec/restartPolicy").asText()) {
      case "Never" -> false;
      case "OnFailure" -> container.exitCode() != 0;
      default -> true;
    };
  }

  private void seeEnd(ObjectNode pod, ContainerRun container, Instant now) {
    if (container.sawEnd(now, tools.settings().longestBackoff()) && shouldRun(pod, container)) {
      container.backOff(tools.settings().firstBackoff(), tools.settings().longestBackoff());
      container.waits(
          "CrashLoopBackOff",
          "back-off restarting failed container=" + container.name() + " pod=" + Meta.name(pod));
      tools
          .events()
          .warn(pod, "BackOff", "Back-off restarting failed container " + container.name());
    }
  }

  private void start(
      ObjectNode pod,
      JsonNode spec,
      ContainerRun container,
      Map<String, Path> volumes,
      Instant now) {
    try {
      ContainerCommand command = command(pod, spec);
      MountedPaths paths = command.link(volumes);
      command.writePrograms();
      String id = ContainerCommandLine.newId();
      Map<String, String> environment =
          command.environment(tools.variables().of(pod, spec, podIp), paths, id);
      ProcessBuilder builder =
          new ProcessBuilder(new ArrayList<>(command.main(environment, paths)));
      builder.directory(command.directory(paths).toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      container.start(new ContainerCommandLine(id, builder), spec, now);
      container.process().ifPresent(each -> each.onExit().thenRun(tools.wake()));
      tools.events().normal(pod, "Started", "Started container " + container.name());
    } catch (CannotStart e) {
      container.waits(e.reason(), e.getMessage());
      tools.events().warn(pod, "Failed", e.getMessage());
    } catch (IOException e) {
      log.warn("cannot start {} of {}", container.name(), Meta.name(pod), e);
      container.waits("RunContainerError", String.valueOf(e.getMessage()));
      tools.events().warn(pod, "Failed", String.valueOf(e.getMessage()));
    }
  }

  private ContainerCommand command(JsonNode pod, JsonNode spec) throws CannotStart, IOException {
    String name = spec.path("image").asText();
    Image image =
        tools
            .images()
            .find(name)
            .orElseThrow(
                () ->
                    new CannotStart(
                        "ImagePullBackOff", "Back-off pulling image \"" + name + "\": not found"));
    return new ContainerCommand(pod, spec, folder, image, podIp);
  }

  private void probe(ObjectNode pod, JsonNode spec, ContainerRun container, Instant now) {
    if (container.isStopping()) {
      return;
    }
    Prober.Exec exec = words -> execInside(pod, spec, container, texts(words));
    boolean started = container.isStarted();
    List<Optional<ProbeState>> due =
        started ? List.of(container.readiness, container.liveness) : List.of(container.startup);
    for (Optional<ProbeState> probe : due) {
      if (probe.isPresent() && probe.get().begin(now)) {
        tools.prober().probe(probe.get(), spec, podIp, exec, tools.wake());
      }
    }
    Optional<ProbeState> deadly = started ? container.liveness : container.startup;
    if (deadly.isPresent() && deadly.get().hasFailed()) {
      tools
          .events()
          .warn(
              pod,
              "Unhealthy",
              "Container " + container.name() + " failed its probe, will be restarted");
      container.terminateForProbe(pod, now);
    }
  }

  private static List<String> texts(JsonNode words) {
    List<String> texts = new ArrayList<>();
    words.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  /** A command in the environment of the running container: as its first process was started. */
  ProcessBuilder execInside(JsonNode pod, JsonNode spec, ContainerRun container, List<String> words)
      throws IOException {
    if (!container.isRunning()) {
      throw new IOException("container not found: " + container.name());
    }
    try {
      ContainerCommand command = command(pod, spec);
      MountedPaths paths = command.paths();
      Map<String, String> environment = container.environment();
      ProcessBuilder builder =
          new ProcessBuilder(command.line(paths.translate(words), environment));
      builder.directory(command.directory(paths).toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      return builder;
    } catch (CannotStart e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Ends the pod's processes; true when none is left. */
  boolean terminate(ObjectNode pod, Instant now) {
    Instant latest = deadline(pod, now);
    boolean ended = true;
    for (ContainerRun container : containers.values()) {
      container.sawEnd(now, tools.settings().longestBackoff());
      if (container.isRunning()) {
        ended = false;
        container.terminate(Duration.between(now, latest), now);
        container.shorten(latest);
        container.killIfDue(now);
      }
    }
    return ended;
  }

  private static Instant deadline(ObjectNode pod, Instant now) {
    String at = pod.at("/metadata/deletionTimestamp").asText("");
    return at.isEmpty() ? now : Instant.parse(at);
  }

  /** The status of a pod that is being deleted. */
  ObjectNode lastStatus(ObjectNode pod, Instant now) {
    return PodStatus.of(
        pod, List.copyOf(containers.values()), podIp, (any, container) -> false, now);
  }

  /** TERM to all that run, for a lab that goes down. */
  void terminateAll(Duration grace, Instant now) {
    containers.values().forEach(each -> each.terminate(grace, now));
  }

  boolean isAnyRunning() {
    return containers.values().stream()
        .anyMatch(each -> each.process().map(ProcessHandle::isAlive).orElse(false));
  }

  /** KILL to all, those too that were executed beside the first process. */
  void killAll() {
    containers.values().forEach(ContainerRun::kill);
  }
}
