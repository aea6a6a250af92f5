package io.arbitex.recovery.runtime.notify;

/** Texts as long as their receiver takes them: what is longer is refused whole. */
final class Cut {
  private static final String MORE = "…";

  private Cut() {}

  /**
   * @param longest in UTF-16 units, at least 2
   */
  static String to(int longest, String text) {
    if (text.length() <= longest) {
      return text;
    }
    int end = longest - MORE.length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + MORE;
  }

  /**
   * The same for Slack's mrkdwn, where three characters are control characters: an error text with
   * {@code <!channel>} in it must not ring everybody.
   */
  static String toMarkdown(int longest, String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      String next =
          switch (text.charAt(i)) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            default -> String.valueOf(text.charAt(i));
          };
      if (escaped.length() + next.length() > longest - MORE.length() && i < text.length() - 1) {
        return escaped.append(MORE).toString();
      }
      escaped.append(next);
    }
    return escaped.length() <= longest ? escaped.toString() : escaped.substring(0, longest - 5);
  }
}
