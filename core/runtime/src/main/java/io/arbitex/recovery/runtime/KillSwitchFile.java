package io.arbitex.recovery.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file: while it exists and is empty, it holds for all platforms; else for those named in it, one
 * a line. A file that cannot be read holds for all.
 */
final class KillSwitchFile implements KillSwitch {
  private final Path file;

  KillSwitchFile(Path file) {
    this.file = file;
  }

  @Override
  public Optional<String> thrownFor(String platform) {
    try {
      List<String> lines =
          Files.readAllLines(file, StandardCharsets.UTF_8).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .toList();
      return lines.isEmpty() || lines.contains(platform)
          ? Optional.of("the kill switch " + file + " is thrown; remove it to go on")
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("the kill switch " + file + " cannot be read: " + e);
    }
  }
}
