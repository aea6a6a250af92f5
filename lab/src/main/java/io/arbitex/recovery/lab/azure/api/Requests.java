package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Finds who answers a request that has passed the gate. */
final class Requests {
  private final LongRunning longRunning;
  private final List<Provider> providers;

  Requests(LongRunning longRunning, List<Provider> providers) {
    this.longRunning = longRunning;
    this.providers = List.copyOf(providers);
  }

  /**
   * @param base of the addresses that the client is told
   * @throws ArmFailure when it is refused
   */
  ArmAnswer answer(ArmRequest request, String base) throws IOException {
    if (LongRunning.has(request.path())) {
      return longRunning.answer(request, this::at);
    }
    return provider(request.path()).answer(request, base);
  }

  private Optional<ObjectNode> at(String path) {
    ArmPath parsed = ArmPath.of(path);
    return provider(parsed).at(parsed);
  }

  private Provider provider(ArmPath path) {
    return providers.stream()
        .filter(each -> each.has(path))
        .findFirst()
        .orElseThrow(
            () ->
                ArmFailure.of(
                    404,
                    "InvalidResourceType",
                    "The lab knows no " + path.namespace().text() + "/" + path.type() + "."));
  }
}
