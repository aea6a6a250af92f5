package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.api.PodRuntime;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that looks after the pods of all nodes. A pod is taken up where its records say it is,
 * so a kubelet that was killed goes on with the processes that live, and never starts one twice.
 */
public final class Kubelet implements PodRuntime, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Kubelet.class);
  private static final long LOOK_MILLIS = 100;
  private static final Duration LAST_GRACE = Duration.ofSeconds(5);

  private final Registry registry;
  private final KubeletSettings settings;
  private final PodAddresses addresses;
  private final Clock clock;
  private final Prober prober = new Prober();
  private final DiskFolders disks;
  private final PodWorker.Tools tools;
  private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
  private final Semaphore work = new Semaphore(1);
  private final Thread thread = new Thread(this::loop, "kubelet");
  private volatile boolean closed;

  public Kubelet(Registry registry, ImageFile images, KubeletSettings settings, Clock clock) {
    this.registry = registry;
    this.settings = settings;
    this.addresses = new PodAddresses(settings.pods());
    this.clock = clock;
    this.disks = new DiskFolders(settings.disks());
    this.tools =
        new PodWorker.Tools(
            images,
            new VolumeFolders(registry, disks),
            new Variables(registry),
            prober,
            new EventRecorder(registry, "kubelet", clock),
            settings,
            this::wake);
  }

  /** Registers the nodes and begins. */
  public void start() throws IOException {
    Files.createDirectories(settings.pods());
    Nodes.register(registry, settings.nodes(), clock.instant());
    registry.store().onChange(this::wake);
    thread.setDaemon(true);
    thread.start();
  }

  private void wake() {
    work.release();
  }

  private void loop() {
    try {
      while (!closed) {
        work.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        work.drainPermits();
        try {
          look();
        } catch (IOException | UncheckedIOException | ApiFailure e) {
          // Next time round it is tried again.
          log.error("the kubelet could not do its round", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws IOException {
    Instant now = clock.instant();
    Set<String> known = new HashSet<>();
    for (ObjectNode pod : registry.all(ResourceTypes.POD, "")) {
      known.add(Meta.uid(pod));
      if (pod.at("/spec/nodeName").asText("").isEmpty()) {
        continue;
      }
      boolean over = List.of("Succeeded", "Failed").contains(pod.at("/status/phase").asText());
      if (over && !Meta.isBeingDeleted(pod)) {
        continue;
      }
      look(pod, now);
    }
    forget(known);
  }

  private void look(ObjectNode pod, Instant now) throws IOException {
    String uid = Meta.uid(pod);
    PodWorker worker = workers.get(uid);
    if (worker == null) {
      PodFolder folder = PodFolder.of(settings.pods(), uid);
      worker = new PodWorker(tools, pod, folder, address(pod), now);
      workers.put(uid, worker);
    }
    if (!Meta.isBeingDeleted(pod)) {
      report(pod, worker.sync(pod, now));
    } else if (!worker.terminate(pod, now)) {
      report(pod, worker.lastStatus(pod, now));
    } else {
      worker.killAll();
      report(pod, worker.lastStatus(pod, now));
      registry
          .find(ObjectKey.of(ResourceTypes.POD, pod))
          .filter(each -> Meta.uid(each).equals(uid))
          .filter(
              each ->
                  each.at("/metadata/deletionGracePeriodSeconds").asInt() > 0
                      || Meta.finalizers(each).isEmpty())
          .ifPresent(
              each -> registry.delete(ObjectKey.of(ResourceTypes.POD, pod), DeleteOptions.AT_ONCE));
    }
  }

  private void report(ObjectNode pod, ObjectNode status) {
    registry.amend(
        ObjectKey.of(ResourceTypes.POD, pod),
        each -> {
          if (Meta.uid(each).equals(Meta.uid(pod))) {
            each.set("status", status);
          }
        });
  }

  private String address(ObjectNode pod) {
    String own = pod.at("/status/podIP").asText("");
    if (!own.isEmpty()) {
      return own;
    }
    if (pod.at("/spec/hostNetwork").asBoolean()) {
      return "127.0.0.1";
    }
    Set<String> taken = new HashSet<>();
    registry
        .all(ResourceTypes.POD, "")
        .forEach(each -> taken.add(each.at("/status/podIP").asText("")));
    return addresses.free(taken);
  }

  /** What is on this machine of pods that no longer exist goes. */
  private void forget(Set<String> known) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(settings.pods())) {
      for (Path each : folders) {
        String uid = each.getFileName().toString();
        if (!known.contains(uid)) {
          PodFolder folder = new PodFolder(each);
          endProcesses(folder);
          workers.remove(uid);
          folder.delete();
        }
      }
    }
  }

  private static void endProcesses(PodFolder folder) throws IOException {
    Path containers = folder.root().resolve("containers");
    if (!Files.isDirectory(containers)) {
      return;
    }
    try (DirectoryStream<Path> each = Files.newDirectoryStream(containers)) {
      for (Path container : each) {
        ContainerRecord.read(folder.record(container.getFileName().toString()))
            .ifPresent(record -> ContainerProcesses.kill(record.containerId(), record.pid()));
      }
    }
  }

  @Override
  public ProcessBuilder exec(JsonNode pod, String container, List<String> command)
      throws IOException {
    PodWorker worker = workers.get(Meta.uid(pod));
    ContainerRun run = worker == null ? null : worker.container(container).orElse(null);
    if (run == null || !run.isRunning()) {
      throw ApiFailure.of(
          500,
          "InternalError",
          "unable to upgrade connection: container not found (\"" + container + "\")");
    }
    for (JsonNode spec : pod.at("/spec/containers")) {
      if (spec.path("name").asText().equals(run.name())) {
        return worker.execInside(pod, spec, run, command);
      }
    }
    throw new IllegalStateException("a container without a specification: " + run.name());
  }

  @Override
  public long usedBytes(JsonNode volume) throws IOException {
    return disks.usedBytes(volume);
  }

  @Override
  public Path log(JsonNode pod, String container, boolean previous) {
    String name = container.isEmpty() ? pod.at("/spec/containers/0/name").asText() : container;
    for (JsonNode status : pod.at("/status/containerStatuses")) {
      if (status.path("name").asText().equals(name)) {
        int run = status.path("restartCount").asInt() - (previous ? 1 : 0);
        if (run < 0) {
          throw ApiFailure.badRequest(
              "previous terminated container \""
                  + name
                  + "\" in pod \""
                  + Meta.name(pod)
                  + "\" not found");
        }
        return PodFolder.of(settings.pods(), Meta.uid(pod)).log(name, run);
      }
    }
    throw ApiFailure.badRequest(
        "container \"" + name + "\" in pod \"" + Meta.name(pod) + "\" is waiting to start");
  }

  /** Stops, and ends all processes of all pods; their objects stay. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      thread.join(LAST_GRACE.toMillis());
      workers.values().forEach(each -> each.terminateAll(LAST_GRACE, clock.instant()));
      long end = System.nanoTime() + LAST_GRACE.toNanos();
      while (System.nanoTime() < end
          && workers.values().stream().anyMatch(PodWorker::isAnyRunning)) {
        Thread.sleep(LOOK_MILLIS / 4);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.values().forEach(PodWorker::killAll);
    prober.close();
  }
}
