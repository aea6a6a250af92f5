package io.arbitex.recovery.lab.kubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;

/** RFC 6902. */
public final class JsonPatchDocument {
  private JsonPatchDocument() {}

  /**
   * The target with the patch applied; neither argument is changed.
   *
   * @throws ApiFailure 422 when an operation cannot be done, such as a failed test
   */
  public static JsonNode apply(JsonNode target, JsonNode patch) {
    try {
      return JsonPatch.apply(patch, target);
    } catch (JsonPatchException e) {
      ApiFailure failure =
          ApiFailure.of(
              422,
              "Invalid",
              "the server rejected our request due to an error in our request: " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }
}
