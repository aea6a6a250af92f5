package io.arbitex.recovery.alerts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fields of a sender's JSON. Fields that nobody asks for are passed over: senders add some. */
final class AlertFields {
  /** No sender nests deeper than some ten levels; a stack must not be what ends it. */
  private static final int DEEPEST = 64;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private AlertFields() {}

  static JsonNode tree(byte[] body) throws UnreadableAlert {
    try {
      JsonNode root = MAPPER.readTree(body);
      if (root == null || root.isMissingNode()) {
        throw new UnreadableAlert("the body is empty");
      }
      return root;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      // The parser's own words quote the body, which may hold a secret.
      throw new UnreadableAlert("the body is not JSON: see line " + line, e);
    } catch (IOException e) {
      throw new UnreadableAlert("the body cannot be read as JSON", e);
    }
  }

  /** A text, or empty when the field is absent, null, or no plain value. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isValueNode() && !value.isNull() ? value.asText() : "";
  }

  /** The texts of a list; a single text counts as a list of one. */
  static List<String> texts(JsonNode node, String field) {
    JsonNode value = node.path(field);
    List<String> texts = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(each -> add(texts, each));
    } else {
      add(texts, value);
    }
    return texts;
  }

  private static void add(List<String> texts, JsonNode value) {
    if (value.isTextual() && !value.asText().isBlank()) {
      texts.add(value.asText());
    }
  }

  /** Adds the plain values of a node as labels. */
  static void labels(JsonNode node, Map<String, String> labels) {
    node.properties()
        .forEach(
            field -> {
              if (field.getValue().isValueNode() && !field.getValue().isNull()) {
                labels.put(field.getKey(), field.getValue().asText());
              }
            });
  }

  /** A moment in whole microseconds, as records hold them; empty when absent or no moment. */
  static Optional<Instant> moment(JsonNode node, String field) {
    String text = text(node, field);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
