package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Tells templates apart. */
final class PodTemplates {
  static final String HASH_LABEL = "pod-template-hash";
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int LENGTH = 10;
  private static final ObjectMapper SORTED =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private PodTemplates() {}

  static boolean areSame(JsonNode one, JsonNode other) {
    return withoutHash(one).equals(withoutHash(other));
  }

  private static JsonNode withoutHash(JsonNode template) {
    JsonNode copy = template.deepCopy();
    if (copy.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove("creationTimestamp");
      if (metadata.path("labels") instanceof ObjectNode labels) {
        labels.remove(HASH_LABEL);
      }
    }
    return copy;
  }

  /** Ten letters that change with the template. */
  static String hash(JsonNode template) {
    try {
      Object plain = Meta.JSON.treeToValue(withoutHash(template), Object.class);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(SORTED.writeValueAsBytes(plain));
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < LENGTH; i++) {
        text.append(LETTERS.charAt((digest[i] & 0xff) % LETTERS.length()));
      }
      return text.toString();
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("a template has a hash", e);
    }
  }
}
