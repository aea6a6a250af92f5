package io.arbitex.recovery.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A file: while it exists and is empty, it holds for all platforms; else for those named in it, one
 * a line. A file that cannot be read holds for all, and so does one with a line that names no
 * platform: whoever typed it meant to stop something.
 */
final class KillSwitchFile implements KillSwitch {
  private final Path file;
  private final Optional<Set<String>> platforms;

  /**
   * @param platforms what a line may name; empty for any word
   */
  KillSwitchFile(Path file, Optional<Set<String>> platforms) {
    this.file = file;
    this.platforms = platforms;
  }

  @Override
  public KillSwitch knowing(Set<String> known) {
    return new KillSwitchFile(file, Optional.of(Set.copyOf(known)));
  }

  @Override
  public Optional<String> thrownFor(String platform) {
    try {
      List<String> lines =
          Files.readAllLines(file, StandardCharsets.UTF_8).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .toList();
      Optional<String> unknown =
          lines.stream()
              .filter(line -> platforms.isPresent() && !platforms.get().contains(line))
              .findFirst();
      if (unknown.isPresent()) {
        return Optional.of(
            "the kill switch "
                + file
                + " is thrown for all, since its line '"
                + unknown.get()
                + "' names no platform; remove it to go on");
      }
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
