package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import java.time.Duration;

/** Preflight: the key vault answers and holds a database URL, found out before anything stops. */
final class CheckVault extends BoundAction {
  private final VaultSwitch vault;

  CheckVault(VaultSwitch vault) {
    super(
        "check-vault",
        "check that the key vault can be read",
        false,
        Duration.ofMinutes(1),
        RetryPolicy.upTo(6, Duration.ofMillis(500), Duration.ofSeconds(5)));
    this.vault = vault;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (!CutoverSettings.alreadyCutOver(context)) {
      vault.probe();
    }
    return Look.alreadySo();
  }
}
