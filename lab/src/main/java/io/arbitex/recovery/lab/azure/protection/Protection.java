package io.arbitex.recovery.lab.azure.protection;

import static java.util.Map.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.azure.clusters.Clusters;
import io.arbitex.recovery.lab.azure.clusters.Permits;
import io.arbitex.recovery.lab.azure.disks.MakeVolume;
import io.arbitex.recovery.lab.azure.disks.Volumes;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** The protection of clusters by backup vaults, put together. */
public final class Protection implements AutoCloseable {
  /** Parameter of an operation: the id of the job that it begins. */
  public static final String JOB = "job";

  /** Parameter of an operation: what was asked for, as JSON. */
  public static final String REQUEST = "request";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Vaults vaults;
  private final Access access;
  private final Jobs jobs;

  /**
   * @param folder of its state
   * @param subscription its id
   * @param hangs what jobs wait for that a rule has stopped
   */
  public Protection(
      Path folder,
      String subscription,
      Clusters clusters,
      Permits permits,
      Volumes volumes,
      MakeVolume making,
      Operations.Hangs hangs,
      Clock clock)
      throws IOException {
    this.vaults = new Vaults(folder, subscription);
    this.access = new Access(vaults, clusters, permits);
    VolumeCopies copies = new VolumeCopies(volumes, making, subscription);
    this.jobs =
        new Jobs(
            folder.resolve("jobs"),
            Map.of(
                BackupJob.Kind.BACKUP, new BackUp(vaults, access, copies),
                BackupJob.Kind.RESTORE, new Restore(vaults, access, copies)),
            hangs,
            clock);
  }

  public Vaults vaults() {
    return vaults;
  }

  public Jobs jobs() {
    return jobs;
  }

  /** What its operations do. */
  public Map<Operation.Kind, Work> works() {
    Work trigger = new TriggerJob(vaults, access, jobs);
    return Map.ofEntries(
        entry(Operation.Kind.PROTECT_CLUSTER, new ProtectCluster(vaults, access)),
        entry(Operation.Kind.VALIDATE_RESTORE, new ValidateRestore(vaults, access)),
        entry(Operation.Kind.TRIGGER_BACKUP, trigger),
        entry(Operation.Kind.TRIGGER_RESTORE, trigger));
  }

  /** What an operation was asked for. */
  static JsonNode request(Operation operation) throws IOException {
    try {
      return JSON.readTree(operation.parameters().get(REQUEST));
    } catch (JsonProcessingException e) {
      throw new IOException("the request of " + operation.id() + " is no JSON", e);
    }
  }

  /** Goes on with the jobs that were cut off. */
  public void resume() {
    jobs.resume();
  }

  @Override
  public void close() {
    jobs.close();
  }
}
