package io.arbitex.recovery.configuration;

import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the platform reads its database connection from; a cutover rewrites it. */
public sealed interface ConnectionSecret {

  /** A file that the platform follows by itself: {@code file:PATH}. */
  record InFile(Path file) implements ConnectionSecret {
    @Override
    public String toString() {
      return "file:" + file;
    }
  }

  /**
   * A key of a Secret in the platform's namespace: {@code kubernetes:SECRET/KEY}. Pods read it when
   * they start.
   */
  record InCluster(String secret, String key) implements ConnectionSecret {
    private static final Pattern TEXT =
        Pattern.compile(
            "kubernetes:([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)/([A-Za-z0-9._-]{1,200})");

    @Override
    public String toString() {
      return "kubernetes:" + secret + "/" + key;
    }
  }

  /**
   * Reads what the inventory says.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static ConnectionSecret of(String text, Function<String, Path> resolve) {
    Matcher inCluster = InCluster.TEXT.matcher(text);
    if (inCluster.matches()) {
      return new InCluster(inCluster.group(1), inCluster.group(3));
    }
    if (text.startsWith("file:") && text.length() > "file:".length()) {
      return new InFile(resolve.apply(text.substring("file:".length())));
    }
    throw new IllegalArgumentException(
        "must be rewritten by a recovery, allowed: file:PATH, kubernetes:SECRET/KEY");
  }
}
