package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.operations.Fate;

/**
 * A request that may go on.
 *
 * @param body an object, empty when the request had none
 * @param ifMatch the header, or null
 * @param ifNoneMatch the header, or null
 * @param fate of the operation that it begins
 */
public record ArmRequest(
    String method, ArmPath path, JsonNode body, String ifMatch, String ifNoneMatch, Fate fate) {

  JsonNode properties() {
    return body.path("properties");
  }

  /** A method that the resource does not have. */
  ArmFailure notAllowed() {
    return ArmFailure.of(405, "MethodNotAllowed", method + " is not for " + path.type() + " here.");
  }
}
