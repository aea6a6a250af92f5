package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.Cluster.VaultSecret;
import io.arbitex.recovery.configuration.KeyVault;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** What a Secret has to hold, as the key vault has it now. */
final class VaultContents {
  private VaultContents() {}

  /**
   * The data of a Secret, each value in Base64, as Kubernetes has it.
   *
   * @throws ActionFailure naming the secret that is missing or empty; never a value
   */
  static Map<String, String> read(Azure azure, VaultSecret secret)
      throws ActionFailure, InterruptedException {
    Map<String, String> data = new TreeMap<>();
    for (Map.Entry<String, KeyVault> each : secret.keys().entrySet()) {
      io.arbitex.recovery.executors.azure.VaultSecret place =
          io.arbitex.recovery.executors.azure.VaultSecret.open(azure, each.getValue());
      String value = place.newest().value();
      if (value.isEmpty()) {
        throw ActionFailure.permanent(
            FailureCode.PREFLIGHT,
            place
                + " is empty, and the key "
                + each.getKey()
                + " of "
                + secret.name()
                + " needs it",
            "Put the secret into the key vault, then `dr retry`.");
      }
      data.put(
          each.getKey(),
          Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    }
    return data;
  }
}
