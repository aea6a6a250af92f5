package io.arbitex.recovery.executors.postgresql;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a plain dump as it passes, line by line: statements, rows of a COPY, bodies of functions.
 * It hands on everything but what must not run here:
 *
 * <ul>
 *   <li>owners, since their roles may not be on this server and the admin owns all, as with
 *       pg_restore's {@code --no-owner};
 *   <li>the dump's own {@code \restrict}: ours stands around the whole.
 * </ul>
 *
 * <p>A dump that ends before pg_dump's last line is not whole. That must be asked here: psql
 * commits at the end of a cut input, even with {@code -1} and ON_ERROR_STOP (facts, "Damage").
 */
final class PlainScript {
  private static final String TRAILER = "-- PostgreSQL database dump complete";
  private static final Pattern COPY = Pattern.compile("COPY .* FROM stdin;");
  private static final Pattern OWNER = Pattern.compile("ALTER [A-Z ]+ .* OWNER TO [^;]+;");
  private static final Pattern KEPT =
      Pattern.compile("(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES)\\b.*;|.* NOT VALID;");
  private static final Pattern DOLLAR =
      Pattern.compile("\\$(?:[A-Za-z_\\x80-\\xff][\\w\\x80-\\xff]*)?\\$");

  /** A longer line is a statement with rows in it; it passes as it is. */
  private static final int LONGEST_LINE = 1 << 20;

  private static final int MOST_KEPT = 16 << 20;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(4_096);
  private final StringBuilder kept = new StringBuilder();
  private boolean inCopy;
  private boolean longLine;
  private boolean complete;
  private String quote = "";
  private int column;
  private boolean endOfCopy = true;

  /** Takes what is handed on. */
  @FunctionalInterface
  interface Taker {
    void write(byte[] bytes, int offset, int length) throws IOException;
  }

  /**
   * Takes the next bytes of the dump.
   *
   * @throws IOException when the dump holds what no dump of one database may hold, or the taker
   *     does
   */
  void accept(byte[] bytes, int length, Taker taker) throws IOException {
    int at = 0;
    while (at < length) {
      at = inCopy ? rows(bytes, at, length, taker) : statement(bytes, at, length, taker);
    }
  }

  /** The end of the input: what is left of the last line. */
  void end(Taker taker) throws IOException {
    if (line.size() > 0) {
      statementLine(taker);
    }
  }

  /** pg_dump's last line was there, and nothing but its closing lines after it. */
  boolean complete() {
    return complete && !inCopy && quote.isEmpty();
  }

  /** Statements about rights and constraints that are not validated. */
  DumpScript statements() {
    return new DumpScript(kept.toString());
  }

  /** Rows pass through unread up to the line that ends them. */
  private int rows(byte[] bytes, int from, int length, Taker taker) throws IOException {
    int at = from;
    while (at < length && inCopy) {
      byte each = bytes[at++];
      if (each == '\n') {
        inCopy = !(endOfCopy && column == 2);
        column = 0;
        endOfCopy = true;
      } else {
        endOfCopy &= column == 0 ? each == '\\' : column == 1 && each == '.';
        column = Math.min(column + 1, 3);
      }
    }
    taker.write(bytes, from, at - from);
    return at;
  }

  private int statement(byte[] bytes, int from, int length, Taker taker) throws IOException {
    int at = from;
    while (at < length && bytes[at] != '\n') {
      at++;
    }
    boolean ended = at < length;
    int next = ended ? at + 1 : at;
    line.write(bytes, from, next - from);
    if (ended) {
      statementLine(taker);
    } else if (line.size() > LONGEST_LINE) {
      longLine = true;
      complete = false;
      trackQuotes(line.toString(StandardCharsets.ISO_8859_1));
      pass(taker);
    }
    return next;
  }

  private void statementLine(Taker taker) throws IOException {
    String text = line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    boolean rest = longLine;
    longLine = false;
    if (rest || !quote.isEmpty()) {
      trackQuotes(text);
      pass(taker);
      return;
    }
    if (text.startsWith("\\")) {
      refuseUnlessRestriction(text);
      line.reset();
      return;
    }
    if (OWNER.matcher(text).matches()) {
      line.reset();
      return;
    }
    complete = text.equals(TRAILER) || (complete && (text.isEmpty() || text.equals("--")));
    if (KEPT.matcher(text).matches() && kept.length() + text.length() < MOST_KEPT) {
      kept.append(new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
          .append('\n');
    }
    if (COPY.matcher(text).matches()) {
      inCopy = true;
      column = 0;
      endOfCopy = true;
    } else {
      trackQuotes(text);
    }
    pass(taker);
  }

  /** What stands between quotes, of whichever kind, over however many lines, is no statement. */
  private void trackQuotes(String text) {
    int at = 0;
    while (at < text.length()) {
      if (quote.isEmpty()) {
        at = untilQuoteOpens(text, at);
      } else {
        int end = text.indexOf(quote, at);
        if (end < 0) {
          return;
        }
        at = end + quote.length();
        quote = "";
      }
    }
  }

  private int untilQuoteOpens(String text, int from) {
    for (int at = from; at < text.length(); at++) {
      char each = text.charAt(at);
      if (each == '\'' || each == '"') {
        quote = String.valueOf(each);
        return at + 1;
      }
      if (each == '-' && text.startsWith("--", at)) {
        return text.length();
      }
      if (each == '$') {
        Matcher matcher = DOLLAR.matcher(text).region(at, text.length());
        if (matcher.lookingAt()) {
          quote = matcher.group();
          return matcher.end();
        }
      }
    }
    return text.length();
  }

  private void pass(Taker taker) throws IOException {
    taker.write(line.toByteArray(), 0, line.size());
    line.reset();
  }

  private static void refuseUnlessRestriction(String text) throws IOException {
    if (!text.startsWith("\\restrict ") && !text.startsWith("\\unrestrict ")) {
      String command = text.split("\\s", 2)[0];
      throw new IOException(
          "holds psql's command "
              + command
              + (command.equals("\\connect")
                  ? ": made with --create, it would leave the fresh database"
                  : ", which no dump of one database holds"));
    }
  }
}
