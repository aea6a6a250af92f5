package io.arbitex.recovery.lab.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The platform's policies on a volume of their own, as its processes had them when they started:
 * one rule a line, and the SHA-256 of all lines before it as the last one.
 */
final class PolicyCache {
  private final Path folder;
  private final String process;

  /**
   * @param process names what is not yet whole; no two at a time have the same
   */
  PolicyCache(Path folder, String process) {
    this.folder = folder;
    this.process = process;
  }

  /** Replaces what is there, whole or not at all. */
  void write(List<String> rules) throws IOException {
    StringBuilder text = new StringBuilder();
    rules.forEach(rule -> text.append(rule).append('\n'));
    text.append(sha256(text.toString())).append('\n');
    Path part = folder.resolve("." + process + ".part");
    Files.writeString(part, text, StandardCharsets.UTF_8);
    Files.move(
        part,
        folder.resolve("policies.txt"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether it can be written. */
  boolean isThere() {
    return Files.isWritable(folder);
  }
}
