package io.arbitex.recovery.lab.kubernetes.controllers;

import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of all controllers. */
public final class ControllerLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControllerLoop.class);

  /** Some things become due by time alone, such as minReadySeconds. */
  private static final long LOOK_MILLIS = 500;

  private final Registry registry;
  private final List<Controller> controllers;
  private final Semaphore work = new Semaphore(1);
  private final Thread thread = new Thread(this::loop, "controllers");
  private volatile boolean closed;

  /**
   * @param disks where dynamically made volumes get their folders
   */
  public ControllerLoop(Registry registry, Path disks, Clock clock) {
    this.registry = registry;
    EventRecorder events = new EventRecorder(registry, "controllers", clock);
    this.controllers =
        List.of(
            new Namespaces(registry),
            new Deployments(registry, events, clock),
            new ReplicaSets(registry, events, clock),
            new StatefulSets(registry, events, clock),
            new Jobs(registry, events, clock),
            new ResourceQuotas(registry),
            new VolumeProvisioner(registry, disks),
            new VolumeBinder(registry),
            new VolumeReclaim(registry, events, disks),
            new VolumeProtection(registry),
            new Attachments(registry),
            new Scheduler(registry, events, clock),
            new ServiceEndpoints(registry),
            new GarbageCollector(registry));
  }

  public void start() {
    registry.store().onChange(work::release);
    thread.setDaemon(true);
    thread.start();
  }

  private void loop() {
    try {
      while (!closed) {
        work.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        work.drainPermits();
        controllers.forEach(ControllerLoop::run);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run(Controller controller) {
    try {
      controller.reconcile();
    } catch (ApiFailure | UncheckedIOException e) {
      // It looked at something that a client changed meanwhile; the change brings it round again.
      log.info("{}: {}", controller.getClass().getSimpleName(), e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    closed = true;
    work.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
