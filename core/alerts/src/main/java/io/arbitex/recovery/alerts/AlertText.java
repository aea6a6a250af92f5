package io.arbitex.recovery.alerts;

import java.util.regex.Pattern;

/** Free text of a sender, made fit for records and messages. */
public final class AlertText {
  /** Longest text that is kept, in characters. */
  public static final int MOST = 500;

  private static final Pattern CREDENTIALS_IN_ADDRESS = Pattern.compile("://[^\\s/@]+@");
  private static final Pattern BEARER = Pattern.compile("(?i)\\b(bearer|basic)\\s+\\S+");
  private static final Pattern NAMED_SECRET =
      Pattern.compile(
          "(?i)\\b([\\w.-]*(?:password|passwd|pwd|secret|token|credential|api[_-]?key|access[_-]?key"
              + "|account[_-]?key|sig)[\\w.-]*[\"']?\\s*[=:]\\s*)(\"[^\"]*\"|'[^']*'|[^\\s,;&]+)");

  private AlertText() {}

  /**
   * One line without what looks like a secret, cut to {@link #MOST} characters. A connection string
   * in an alert's description is the common way in which a password gets into one.
   */
  public static String clean(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    line = CREDENTIALS_IN_ADDRESS.matcher(line).replaceAll("://...@");
    line = BEARER.matcher(line).replaceAll("$1 ...");
    line = NAMED_SECRET.matcher(line).replaceAll("$1...");
    return line.length() <= MOST ? line : line.substring(0, MOST - 3) + "...";
  }
}
