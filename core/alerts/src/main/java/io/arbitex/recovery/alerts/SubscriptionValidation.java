package io.arbitex.recovery.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * How Event Grid asks, in its own schema, whether a receiver wants to be sent events: it posts an
 * event with a code, and the answer must repeat the code (Azure's documentation, "Webhook event
 * delivery"). The address for a validation by hand, which comes along, is never called: it would be
 * a way to make this service call whatever somebody wants.
 */
public final class SubscriptionValidation {
  private static final String TYPE = "Microsoft.EventGrid.SubscriptionValidationEvent";

  private SubscriptionValidation() {}

  /**
   * The code to repeat; empty when the message is no such question.
   *
   * @throws UnreadableAlert when the body is not JSON
   */
  public static Optional<String> code(byte[] body) throws UnreadableAlert {
    JsonNode root = AlertFields.tree(body);
    JsonNode event = root.isArray() ? root.path(0) : root;
    if (!AlertFields.text(event, "eventType").equalsIgnoreCase(TYPE)) {
      return Optional.empty();
    }
    String code = AlertFields.text(event.path("data"), "validationCode");
    return code.isEmpty() ? Optional.empty() : Optional.of(code);
  }
}
