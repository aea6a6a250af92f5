package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A refusal, as the API server tells it: a Status object. */
public final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final transient ObjectNode status;

  private ApiFailure(int code, String reason, String message) {
    super(message);
    this.code = code;
    this.status =
        Meta.JSON
            .createObjectNode()
            .put("kind", "Status")
            .put("apiVersion", "v1")
            .put("status", "Failure")
            .put("message", message)
            .put("reason", reason)
            .put("code", code);
    status.putObject("metadata");
  }

  /**
   * @param code of HTTP
   * @param reason in one word, as clients compare it
   */
  public static ApiFailure of(int code, String reason, String message) {
    return new ApiFailure(code, reason, message);
  }

  public static ApiFailure notFound(ObjectKey key) {
    return new ApiFailure(
            404, "NotFound", key.type().qualified() + " \"" + key.name() + "\" not found")
        .about(key);
  }

  public static ApiFailure alreadyExists(ObjectKey key) {
    return new ApiFailure(
            409, "AlreadyExists", key.type().qualified() + " \"" + key.name() + "\" already exists")
        .about(key);
  }

  public static ApiFailure conflict(ObjectKey key, String why) {
    return new ApiFailure(
            409,
            "Conflict",
            "Operation cannot be fulfilled on "
                + key.type().qualified()
                + " \""
                + key.name()
                + "\": "
                + why)
        .about(key);
  }

  /** The object asked for has a value that may not be. */
  public static ApiFailure invalid(ObjectKey key, String field, String why) {
    ApiFailure failure =
        new ApiFailure(
                422,
                "Invalid",
                key.type().kind()
                    + (key.type().group().isEmpty() ? "" : "." + key.type().group())
                    + " \""
                    + key.name()
                    + "\" is invalid: "
                    + field
                    + ": "
                    + why)
            .about(key);
    failure
        .status
        .withObject("/details")
        .putArray("causes")
        .addObject()
        .put("reason", why.startsWith("Required") ? "FieldValueRequired" : "FieldValueInvalid")
        .put("message", why)
        .put("field", field);
    return failure;
  }

  public static ApiFailure forbidden(ObjectKey key, String why) {
    return new ApiFailure(
            403,
            "Forbidden",
            key.type().qualified() + " \"" + key.name() + "\" is forbidden: " + why)
        .about(key);
  }

  public static ApiFailure badRequest(String why) {
    return new ApiFailure(400, "BadRequest", why);
  }

  public static ApiFailure expired(String why) {
    return new ApiFailure(410, "Expired", why);
  }

  /** The same failure, which also asks the client to come again. */
  public ApiFailure retryAfter(int seconds) {
    status.withObject("/details").put("retryAfterSeconds", seconds);
    return this;
  }

  private ApiFailure about(ObjectKey key) {
    ObjectNode details = status.withObject("/details").put("name", key.name());
    if (!key.type().group().isEmpty()) {
      details.put("group", key.type().group());
    }
    details.put("kind", key.type().plural());
    return this;
  }

  public int code() {
    return code;
  }

  /** How long the client should wait, in seconds; 0 when nothing is said. */
  public int retryAfterSeconds() {
    return status.at("/details/retryAfterSeconds").asInt(0);
  }

  /** The Status object. */
  public ObjectNode status() {
    return status.deepCopy();
  }
}
