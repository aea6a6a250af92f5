package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/** Who answers for one kind of resources. */
public interface Provider {
  /** Whether a path is one of its resources, or a list of them, or an action. */
  boolean has(ArmPath path);

  /** The resource at a path, as an operation's result; empty when there is none. */
  Optional<ObjectNode> at(ArmPath path);

  /**
   * @param base of the addresses that the client is told
   * @throws ArmFailure when it is refused
   */
  ArmAnswer answer(ArmRequest request, String base) throws IOException;
}
