package io.arbitex.recovery.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The switch outside of Kafka that stops every change to the world: a file. While it exists and is
 * empty, it holds for all platforms; else for those named in it, one a line. A file that cannot be
 * read holds for all.
 */
public final class KillSwitch {
  private final Optional<Path> file;

  public KillSwitch(Optional<Path> file) {
    this.file = file;
  }

  /** Why nothing may be changed for this platform now; empty when it may. */
  public Optional<String> thrownFor(String platform) {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<String> lines =
          Files.readAllLines(file.get(), StandardCharsets.UTF_8).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .toList();
      return lines.isEmpty() || lines.contains(platform)
          ? Optional.of("the kill switch " + file.get() + " is thrown; remove it to go on")
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("the kill switch " + file.get() + " cannot be read: " + e);
    }
  }
}
