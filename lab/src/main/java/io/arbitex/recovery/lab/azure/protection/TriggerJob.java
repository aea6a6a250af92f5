package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;
import java.util.UUID;

/** Begins the job of a backup or a restore, once. Its end is the job's to tell. */
final class TriggerJob implements Work {
  private final Vaults vaults;
  private final Access access;
  private final Jobs jobs;

  TriggerJob(Vaults vaults, Access access, Jobs jobs) {
    this.vaults = vaults;
    this.access = access;
    this.jobs = jobs;
  }

  @Override
  public void run(Operation operation) throws OperationFailed, IOException {
    String id = operation.parameters().get(Protection.JOB);
    if (jobs.find(id).isPresent()) {
      // A kill came between the job's record and the operation's end.
      return;
    }
    BackupInstance instance =
        vaults
            .target(operation.target())
            .orElseThrow(() -> new IOException("there is no " + operation.target()));
    JsonNode request = Protection.request(operation);
    if (operation.kind() == Operation.Kind.TRIGGER_BACKUP) {
      access.demand(instance.vault(), instance.cluster());
      String point = UUID.randomUUID().toString().replace("-", "");
      jobs.begin(id, BackupJob.Kind.BACKUP, instance, point, request, operation.fate());
    } else {
      RestoreOrder order = RestoreOrder.of(request);
      access.demand(instance, order);
      jobs.begin(id, BackupJob.Kind.RESTORE, instance, order.point(), request, operation.fate());
    }
  }

  @Override
  public void abandon(Operation operation) {
    // No job was begun.
  }
}
