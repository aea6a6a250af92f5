package io.arbitex.recovery.lab.platform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** What the platform answers to requests about sessions. */
final class SessionRequests {
  static final String PATH = "/v1/sessions";

  private final SessionStore store;

  SessionRequests(SessionStore store) {
    this.store = store;
  }

  /** {@code POST /v1/sessions}. */
  Answer create(JsonNode body) {
    JsonNode user = body.path("user");
    if (!body.path("tenant").isInt() || !user.isTextual() || user.textValue().contains(",")) {
      return new Answer(
          400, Map.of("error", "a session has tenant (a number) and user (without commas)"));
    }
    return new Answer(201, store.create(body.get("tenant").intValue(), user.textValue()));
  }

  /** {@code GET /v1/sessions/ID}. */
  Answer find(String path) {
    String id = path.substring(Math.min(path.length(), PATH.length() + 1));
    Optional<SessionStore.Session> found = store.find(id);
    return found.isPresent()
        ? new Answer(200, found.get())
        : new Answer(404, Map.of("error", "no such session"));
  }
}
