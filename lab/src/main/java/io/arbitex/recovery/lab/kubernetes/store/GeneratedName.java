package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;

/** Names that the server makes: a prefix and five letters that spell no word. */
final class GeneratedName {
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int LENGTH = 5;
  private static final SecureRandom RANDOM = new SecureRandom();

  private GeneratedName() {}

  /** Gives the object a name if it has none but a {@code generateName}. */
  static void fill(ObjectNode metadata) {
    String prefix = metadata.path("generateName").asText("");
    if (metadata.path("name").asText("").isEmpty() && !prefix.isEmpty()) {
      StringBuilder name = new StringBuilder(prefix);
      for (int i = 0; i < LENGTH; i++) {
        name.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
      }
      metadata.put("name", name.toString());
    }
  }
}
