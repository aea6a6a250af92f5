package io.arbitex.recovery.lab.azure.protection;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;

/** Says whether a restore could be begun now. It changes nothing. */
final class ValidateRestore implements Work {
  private final Vaults vaults;
  private final Access access;

  ValidateRestore(Vaults vaults, Access access) {
    this.vaults = vaults;
    this.access = access;
  }

  @Override
  public void run(Operation operation) throws OperationFailed, IOException {
    BackupInstance instance =
        vaults
            .target(operation.target())
            .orElseThrow(() -> new IOException("there is no " + operation.target()));
    access.demand(instance, RestoreOrder.of(Protection.request(operation)));
  }

  @Override
  public void abandon(Operation operation) {
    // Nothing was done.
  }
}
