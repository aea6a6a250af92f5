package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.Checkpoints;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;

/**
 * What the procedure works with, as the configuration has it.
 *
 * @param auditKey the key of the audit chain
 * @param rpo how much may be lost, by the policy for the command's severity
 * @param restore in one transaction or in several sessions, by the policy
 * @param checkpoints at which the database was proven whole
 */
public record DumpSource(
    String platform,
    String component,
    Inventory.Postgresql postgresql,
    SecretReference auditKey,
    Duration rpo,
    Policy.DumpRestore restore,
    Checkpoints checkpoints,
    Clock clock) {

  /**
   * The key of the audit chain, read anew each time.
   *
   * @throws ActionFailure PREFLIGHT when its reference leads nowhere
   */
  byte[] auditKeyBytes() throws ActionFailure {
    try {
      return auditKey.resolve().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "the key of the audit chain cannot be read: " + e,
          "Put the secret back to where endpoints.auditKey of the inventory points.",
          false,
          e);
    }
  }
}
