package io.arbitex.recovery.configuration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The text of a file that was just read as YAML. */
final class YamlText {
  private YamlText() {}

  static String of(Path file) throws InvalidConfiguration {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InvalidConfiguration(
          List.of(new Problem(file.toString(), 0, "", "cannot be read: " + e)));
    }
  }
}
