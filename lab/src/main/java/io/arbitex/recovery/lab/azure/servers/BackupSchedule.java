package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.postgresql.BaseBackup;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the first base backup of every server as soon as it is ready, as Azure does. Further ones
 * are taken when they are asked for: the lab does not live long enough for one each day.
 */
public final class BackupSchedule implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BackupSchedule.class);
  private static final long LOOK_MILLIS = 200;

  private final Servers servers;
  private final Predicate<String> busy;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "azure-backups");
            made.setDaemon(true);
            return made;
          });

  /**
   * @param busy whether something is being done to the server of a name
   */
  public BackupSchedule(Servers servers, Predicate<String> busy) {
    this.servers = servers;
    this.busy = busy;
  }

  public void start() {
    thread.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    for (FlexibleServer server : servers.all()) {
      try {
        if (isDue(server)) {
          BaseBackup backup = take(server);
          log.info("{} of {} is whole", backup.name(), server.name());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException | SQLException | RuntimeException e) {
        boolean isThere =
            servers.named(server.name()).filter(each -> each.equals(server)).isPresent();
        if (isThere) {
          log.warn("the backup of {} is tried again", server.name(), e);
        } else {
          log.info("the backup of {} was cut off by a change", server.name());
        }
      }
    }
  }

  private boolean isDue(FlexibleServer server) throws IOException {
    return server.state() == ServerState.READY
        && !busy.test(Servers.key(server.name()))
        && !servers.archive(server).isPaused()
        && servers.backups(server).all().isEmpty()
        && servers.postgres(server).postmaster().isPresent();
  }

  /** Takes one now. */
  public synchronized BaseBackup take(FlexibleServer server)
      throws IOException, SQLException, InterruptedException {
    return servers.backups(server).take(servers.postgres(server), servers.settingsOf(server));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
