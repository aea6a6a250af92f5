package io.arbitex.recovery.configuration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Where a secret stands; the secret itself is read when it is needed and never kept, logged or
 * written to a record.
 *
 * @param text as written: {@code file:PATH}, {@code env:NAME}, or empty for none
 * @param file the file of a {@code file:} reference, else null
 */
public record SecretReference(String text, Path file) {

  static SecretReference none() {
    return new SecretReference("", null);
  }

  static SecretReference of(String text, Function<String, Path> resolve) {
    if (text.startsWith("file:") && text.length() > "file:".length()) {
      return new SecretReference(text, resolve.apply(text.substring("file:".length())));
    }
    if (text.startsWith("env:") && text.length() > "env:".length()) {
      return new SecretReference(text, null);
    }
    throw new IllegalArgumentException(
        "is no reference to a secret, allowed: file:PATH, env:NAME (never the secret itself)");
  }

  /**
   * The secret, without the line end.
   *
   * @throws IOException when there is none, naming the reference only
   */
  public String resolve() throws IOException {
    if (file != null) {
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    }
    String value = text.startsWith("env:") ? System.getenv(text.substring("env:".length())) : "";
    if (value == null) {
      throw new IOException("the secret " + text + " is not set");
    }
    return value;
  }

  @Override
  public String toString() {
    return text;
  }
}
