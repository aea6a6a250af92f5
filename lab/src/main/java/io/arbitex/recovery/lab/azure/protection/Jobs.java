package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.operations.Fate;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of all vaults. Those that a kill has cut off go on when the process is there again. None
 * is forgotten.
 */
public final class Jobs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Jobs.class);

  private final RecordFiles<BackupJob> records;
  private final Map<BackupJob.Kind, Task> tasks;
  private final Operations.Hangs hangs;
  private final Clock clock;
  private volatile boolean closing;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "azure-job");
            thread.setDaemon(true);
            return thread;
          });

  /** What a job does. Done again after a kill, it ends as if it had been done once. */
  interface Task {
    /**
     * @throws OperationFailed when the job ends as Failed, with what the client is told
     */
    BackupJob.Outcome run(BackupJob job) throws OperationFailed, IOException, InterruptedException;
  }

  Jobs(Path folder, Map<BackupJob.Kind, Task> tasks, Operations.Hangs hangs, Clock clock)
      throws IOException {
    this.records = new RecordFiles<>(folder, BackupJob.class);
    this.tasks = Map.copyOf(tasks);
    this.hangs = hangs;
    this.clock = clock;
  }

  /** Goes on with what was cut off. Rules of misbehaviour did not live on: hangs are over. */
  void resume() {
    for (BackupJob job : records.values()) {
      if (job.status() == BackupJob.Status.IN_PROGRESS) {
        log.info("goes on with the {} {} of {}", job.kind(), job.id(), job.instance());
        threads.execute(() -> run(job));
      }
    }
  }

  void begin(
      String id,
      BackupJob.Kind kind,
      BackupInstance instance,
      String point,
      JsonNode request,
      Fate fate) {
    BackupJob job = BackupJob.begun(id, kind, instance, point, request, fate, clock.millis());
    records.put(id, job);
    threads.execute(() -> run(job));
  }

  public Optional<BackupJob> find(String id) {
    return records.find(id);
  }

  /** Of one vault. */
  public List<BackupJob> all(BackupVault vault) {
    return records.values().stream()
        .filter(each -> each.vault().equalsIgnoreCase(vault.name()))
        .toList();
  }

  private void run(BackupJob job) {
    BackupJob ended;
    try {
      if (job.fate().how() == Fate.How.JOB_HANGS) {
        hangs.await(job.fate().rule());
      }
      ended = job.done(clock.millis(), outcome(job));
    } catch (InterruptedException e) {
      // The process ends; its successor goes on.
      Thread.currentThread().interrupt();
      return;
    } catch (OperationFailed e) {
      log.warn("{} of {}: {}", job.kind(), job.instance(), e.getMessage(), e);
      ended = job.failed(clock.millis(), e.code(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      log.error("{} of {}", job.kind(), job.instance(), e);
      ended = job.failed(clock.millis(), "InternalServerError", String.valueOf(e.getMessage()));
    }
    if (closing) {
      // What fails because the process ends has not failed.
      log.info("{} of {} is cut off", job.kind(), job.instance());
    } else {
      records.put(job.id(), ended);
    }
  }

  private BackupJob.Outcome outcome(BackupJob job)
      throws OperationFailed, IOException, InterruptedException {
    if (job.fate().how() == Fate.How.JOB_FAILS) {
      throw new OperationFailed(
          "UserErrorBackupPluginPodRestartedDuring" + job.kind().text(),
          "The pods of the Backup extension were restarted during the operation.",
          null);
    }
    return tasks.get(job.kind()).run(job);
  }

  @Override
  public void close() {
    closing = true;
    threads.shutdownNow();
  }
}
