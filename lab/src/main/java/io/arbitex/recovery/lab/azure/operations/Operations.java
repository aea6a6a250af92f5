package io.arbitex.recovery.lab.azure.operations;

import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations that were begun. Those that a kill has cut off go on when the process is there
 * again. Old ones are forgotten.
 */
public final class Operations implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Operations.class);

  private final RecordFiles<Operation> records;
  private final Map<Operation.Kind, Work> works;
  private final Hangs hangs;
  private final Duration retention;
  private final Clock clock;
  private volatile boolean closing;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "azure-operation");
            thread.setDaemon(true);
            return thread;
          });

  /** Waits while a rule says that an operation hangs. */
  public interface Hangs {
    /** Returns when the rule of that number is not in force any more. */
    void await(int rule) throws InterruptedException;
  }

  /**
   * @param retention after their end operations are forgotten
   */
  public Operations(
      Path folder, Map<Operation.Kind, Work> works, Hangs hangs, Duration retention, Clock clock)
      throws IOException {
    this.records = new RecordFiles<>(folder, Operation.class);
    this.works = Map.copyOf(works);
    this.hangs = hangs;
    this.retention = retention;
    this.clock = clock;
  }

  /** Goes on with what was cut off. Rules of misbehaviour did not live on: hangs are over. */
  public void resume() {
    for (Operation operation : records.values()) {
      if (operation.status() != Status.IN_PROGRESS && isForgotten(operation)) {
        records.remove(operation.id());
      } else if (operation.status() == Status.IN_PROGRESS) {
        log.info("goes on with {} of {}", operation.kind(), operation.target());
        threads.execute(() -> run(operation));
      }
    }
  }

  /** Remembers an operation and begins it. */
  public Operation begin(
      Operation.Kind kind,
      String target,
      String resource,
      Map<String, String> parameters,
      Fate fate) {
    Operation operation =
        new Operation(
            UUID.randomUUID().toString(),
            kind,
            target,
            resource,
            parameters,
            fate,
            Status.IN_PROGRESS,
            clock.millis(),
            0,
            null,
            null);
    records.put(operation.id(), operation);
    threads.execute(() -> run(operation));
    return operation;
  }

  /** One that a client may know of: neither forgotten nor expired. */
  public Optional<Operation> find(String id) {
    return records.find(id).filter(each -> !isForgotten(each));
  }

  /** Whether something is being done to a server, or something else. */
  public boolean isBusy(String target) {
    return running().stream().anyMatch(each -> each.target().equals(target));
  }

  /** Those that are not at their end. */
  public List<Operation> running() {
    return records.values().stream().filter(each -> each.status() == Status.IN_PROGRESS).toList();
  }

  private boolean isForgotten(Operation operation) {
    return operation.fate().how() == Fate.How.EXPIRES
        || (operation.status() != Status.IN_PROGRESS
            && operation.endedMillis() + retention.toMillis() < clock.millis());
  }

  private void run(Operation operation) {
    Work work = works.get(operation.kind());
    try {
      switch (operation.fate().how()) {
        case FAILS -> {
          work.abandon(operation);
          end(operation, Status.FAILED, "InternalServerError", "An unexpected error occured.");
        }
        case CANCELED -> {
          work.abandon(operation);
          end(operation, Status.CANCELED, "OperationCanceled", "The operation was canceled.");
        }
        case HANGS -> {
          hangs.await(operation.fate().rule());
          done(operation, work);
        }
        case SLOW -> {
          Thread.sleep(operation.fate().millis());
          done(operation, work);
        }
        case NORMAL,
            EXPIRES,
            STOPS_SHORT,
            JOB_FAILS,
            JOB_BREAKS_OFF,
            JOB_HANGS,
            JOB_WARNS,
            JOB_DOES_NOTHING ->
            done(operation, work);
      }
    } catch (InterruptedException e) {
      // The process ends; its successor goes on.
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      log.error("{} of {} cannot be undone", operation.kind(), operation.target(), e);
      end(operation, Status.FAILED, "InternalServerError", String.valueOf(e.getMessage()));
    }
  }

  private void done(Operation operation, Work work) throws IOException, InterruptedException {
    try {
      work.run(operation);
      end(operation, Status.SUCCEEDED, null, null);
    } catch (OperationFailed e) {
      if (isCutOff(operation)) {
        return;
      }
      log.warn("{} of {}: {}", operation.kind(), operation.target(), e.getMessage(), e);
      work.abandon(operation);
      end(operation, Status.FAILED, e.code(), e.getMessage());
    } catch (IOException | SQLException | RuntimeException e) {
      if (isCutOff(operation)) {
        return;
      }
      log.error("{} of {}", operation.kind(), operation.target(), e);
      work.abandon(operation);
      end(operation, Status.FAILED, "InternalServerError", String.valueOf(e.getMessage()));
    }
  }

  /** What fails because the process ends has not failed: its successor goes on. */
  private boolean isCutOff(Operation operation) {
    if (closing) {
      log.info("{} of {} is cut off", operation.kind(), operation.target());
    }
    return closing;
  }

  private void end(Operation operation, Status status, String code, String message) {
    records.put(operation.id(), operation.ended(status, clock.millis(), code, message));
  }

  @Override
  public void close() {
    closing = true;
    threads.shutdownNow();
  }
}
