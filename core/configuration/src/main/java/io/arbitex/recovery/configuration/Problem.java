package io.arbitex.recovery.configuration;

/**
 * One mistake in a configuration file.
 *
 * @param line from 1; 0 when the file as a whole is meant
 * @param message what is wrong and what is allowed
 */
public record Problem(String file, int line, String field, String message) {
  @Override
  public String toString() {
    return file + ":" + line + ": " + (field.isEmpty() ? "" : field + ": ") + message;
  }
}
