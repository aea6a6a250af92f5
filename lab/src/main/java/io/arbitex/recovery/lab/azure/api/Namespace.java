package io.arbitex.recovery.lab.azure.api;

import java.util.Arrays;
import java.util.Optional;

/**
 * The providers that the lab knows, and the API version of each: the one that the client library
 * pinned here speaks. Of the last two no library resolves; it is the newest stable one that is
 * published.
 */
public enum Namespace {
  POSTGRESQL("Microsoft.DBforPostgreSQL", "2022-12-01"),
  NETWORK("Microsoft.Network", "2018-05-01"),
  COMPUTE("Microsoft.Compute", "2025-01-02"),
  CONTAINER_SERVICE("Microsoft.ContainerService", "2025-09-01"),
  KUBERNETES_CONFIGURATION("Microsoft.KubernetesConfiguration", "2024-11-01"),
  DATA_PROTECTION("Microsoft.DataProtection", "2025-07-01");

  private static final String PRIVATE_DNS = "2024-06-01";

  private final String text;
  private final String apiVersion;

  Namespace(String text, String apiVersion) {
    this.text = text;
    this.apiVersion = apiVersion;
  }

  /** One by its name, in any case. */
  static Optional<Namespace> of(String text) {
    return Arrays.stream(values()).filter(each -> each.text.equalsIgnoreCase(text)).findFirst();
  }

  /** As Azure writes it. */
  String text() {
    return text;
  }

  /** Where it tells of long-running operations. */
  String statusType() {
    return this == DATA_PROTECTION ? "operationStatus" : "azureAsyncOperation";
  }

  /**
   * @param type in lower case
   */
  String apiVersion(String type) {
    return type.startsWith("privatednszones") ? PRIVATE_DNS : apiVersion;
  }
}
