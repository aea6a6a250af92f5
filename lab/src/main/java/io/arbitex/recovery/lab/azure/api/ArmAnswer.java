package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * What a client is told.
 *
 * @param body null for none
 */
public record ArmAnswer(int status, Map<String, String> headers, JsonNode body) {
  static ArmAnswer of(int status, JsonNode body) {
    return new ArmAnswer(status, Map.of(), body);
  }

  /** A whole list; the lab has no pages. */
  static ArmAnswer list(List<ObjectNode> values) {
    ObjectNode body = object();
    body.putArray("value").addAll(values);
    return of(200, body);
  }

  static ArmAnswer failure(ArmFailure failure) {
    ObjectNode body = object();
    body.putObject("error").put("code", failure.code()).put("message", failure.getMessage());
    return new ArmAnswer(failure.status(), failure.headers(), body);
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
