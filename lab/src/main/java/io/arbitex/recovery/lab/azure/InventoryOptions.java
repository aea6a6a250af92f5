package io.arbitex.recovery.lab.azure;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What is in the subscription from the start, as the command line says it. */
final class InventoryOptions {
  @Option(
      names = "--vault",
      paramLabel = "NAME[=PORT]",
      mapFallbackValue = "0",
      description = "a key vault; without a port at the one that it had, or any")
  private Map<String, Integer> vaults = new LinkedHashMap<>();

  Inventory inventory() {
    return new Inventory(vaults);
  }
}
