package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Answers that are not as things are, where a rule wants that. */
final class Untruths {
  /** What providers call a resource's state; the first that is there is the one that counts. */
  private static final List<String> STATES =
      List.of("state", "status", "currentProtectionState", "provisioningState");

  private final Misbehaviours misbehaviours;

  Untruths(Misbehaviours misbehaviours) {
    this.misbehaviours = misbehaviours;
  }

  /** What the client is told instead of an answer. */
  ArmAnswer told(ArmRequest request, ArmAnswer answer) {
    if (!request.method().equals("GET") || answer.status() != 200 || answer.body() == null) {
      return answer;
    }
    String type = request.path().type();
    JsonNode body = answer.body().deepCopy();
    if (request.path().isOne()) {
      disguise(type, request.path().lastName(), body);
    } else if (body.path("value").isArray()) {
      if (misbehaviours.listsNothing(type, request.path().lastName())) {
        ((ArrayNode) body.get("value")).removeAll();
      }
      body.get("value").forEach(each -> disguise(type, each.path("name").asText(), each));
    }
    return new ArmAnswer(answer.status(), answer.headers(), body);
  }

  private void disguise(String type, String name, JsonNode document) {
    JsonNode properties = document.path("properties");
    for (String each : STATES) {
      if (properties.has(each)) {
        misbehaviours
            .wrongState(type, name)
            .ifPresent(state -> ((ObjectNode) properties).put(each, state));
        return;
      }
    }
  }
}
