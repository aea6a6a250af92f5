package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import java.util.List;

/**
 * Answers whether the asker may do something. In the lab it may do all that no rule forbids; to ask
 * uses no rule up. Reviews are answered and not stored.
 */
final class AccessReviews {
  static final ResourceType TYPE =
      new ResourceType(
          "authorization.k8s.io",
          "v1",
          "SelfSubjectAccessReview",
          "selfsubjectaccessreviews",
          false,
          List.of(),
          false,
          false);

  private static final String PATH = "/apis/" + TYPE.apiVersion() + "/" + TYPE.plural();

  private final Gate gate;

  AccessReviews(Gate gate) {
    this.gate = gate;
  }

  static boolean isFor(String method, String path) {
    return method.equals("POST") && path.equals(PATH);
  }

  /**
   * The review with its status.
   *
   * @throws ApiFailure 422 when it asks for nothing; what a rule says about reviews
   */
  ObjectNode answer(ObjectNode review) throws InterruptedException {
    gate.pass("create", new RequestTarget(TYPE, "", "", ""));
    JsonNode asked = review.at("/spec/resourceAttributes");
    if (!asked.isObject() && !review.at("/spec/nonResourceAttributes").isObject()) {
      throw ApiFailure.invalid(
          new ObjectKey(TYPE, "", ""),
          "spec.resourceAttributes",
          "Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must"
              + " be specified");
    }
    String subresource = asked.path("subresource").asText();
    String resource = asked.path("resource").asText();
    boolean forbidden =
        asked.isObject()
            && gate.forbids(
                asked.path("verb").asText(),
                subresource.isEmpty() ? resource : resource + "/" + subresource,
                asked.path("name").asText());
    ObjectNode answer = review.deepCopy();
    answer.put("kind", TYPE.kind()).put("apiVersion", TYPE.apiVersion());
    answer.putObject("status").put("allowed", !forbidden);
    return answer;
  }
}
