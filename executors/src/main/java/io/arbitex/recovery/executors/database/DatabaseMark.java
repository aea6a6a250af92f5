package io.arbitex.recovery.executors.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose a database is and how far its restore has come; kept in the database's COMMENT, so that the
 * server itself tells, whoever asks.
 *
 * @param command the command that works on it
 * @param token of the intent under which the mark was written; a smaller one is refused
 * @param facts what was found out about it; no secrets
 */
public record DatabaseMark(String command, long token, Stage stage, Map<String, String> facts) {
  private static final String PREFIX = "recovery ";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In their order. */
  public enum Stage {
    CREATED,
    RESTORING,
    RESTORED,
    ANALYZED,
    /** Every proof of the data has passed. */
    PROVEN,
    /** The platform's role may connect; never dropped by a recovery. */
    SERVING,
    /** The platform writes to it, or may: from here on a cutover only goes forward. */
    OPENED
  }

  public DatabaseMark {
    facts = Map.copyOf(facts);
  }

  /** The next stage, with more facts. */
  public DatabaseMark at(Stage next, long nextToken, Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(facts);
    all.putAll(more);
    return new DatabaseMark(command, nextToken, next, all);
  }

  public boolean isOf(String commandId) {
    return command.equals(commandId);
  }

  /** At that stage or past it. */
  public boolean reached(Stage wanted) {
    return stage.compareTo(wanted) >= 0;
  }

  String comment() {
    ObjectNode node = JSON.createObjectNode();
    node.put("command", command);
    node.put("token", token);
    node.put("stage", stage.name());
    ObjectNode all = node.putObject("facts");
    facts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(fact -> all.put(fact.getKey(), fact.getValue()));
    return PREFIX + node;
  }

  /** The mark in a comment; empty for a comment that is none. */
  static Optional<DatabaseMark> parse(String comment) {
    if (comment == null || !comment.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(comment.substring(PREFIX.length()));
      Map<String, String> facts = new LinkedHashMap<>();
      node.path("facts")
          .properties()
          .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asText()));
      return Optional.of(
          new DatabaseMark(
              node.path("command").asText(),
              node.path("token").asLong(),
              Stage.valueOf(node.path("stage").asText()),
              facts));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      // Somebody else's comment that only looks like ours is not our mark: nothing is done to it.
      return Optional.empty();
    }
  }
}
