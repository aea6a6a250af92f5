package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.operations.Operation;
import java.util.Map;

/** The state that a server had before an operation changed it. */
public final class Before {
  private static final String STATE = "before";

  private Before() {}

  /** To put into the operation's parameters. */
  public static Map<String, String> of(FlexibleServer server) {
    return Map.of(STATE, server.state().name());
  }

  static void putBack(Servers servers, Operation operation) {
    ServerState before = ServerState.valueOf(operation.parameters().get(STATE));
    servers.change(operation.target(), each -> each.withState(before));
  }
}
