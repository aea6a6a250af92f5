package io.arbitex.recovery.lab.azure.protection;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;

/** Configures protection: the vault has to be let into the cluster. */
final class ProtectCluster implements Work {
  private final Vaults vaults;
  private final Access access;

  ProtectCluster(Vaults vaults, Access access) {
    this.vaults = vaults;
    this.access = access;
  }

  @Override
  public void run(Operation operation) throws OperationFailed, IOException {
    BackupInstance instance =
        vaults
            .target(operation.target())
            .orElseThrow(() -> new IOException("there is no " + operation.target()));
    access.demand(instance.vault(), instance.cluster());
    vaults.put(instance.withState(BackupInstance.State.CONFIGURED));
  }

  @Override
  public void abandon(Operation operation) {
    vaults
        .target(operation.target())
        .filter(each -> each.state() == BackupInstance.State.CONFIGURING)
        .ifPresent(vaults::remove);
  }
}
