package io.arbitex.recovery.runtime.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.record.FailureCode;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** What the answer of a channel's service means. */
final class Answer {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Slack answers a refusal with one word, as {@code invalid_payload} or {@code no_service}. */
  private static final Pattern WORD = Pattern.compile("[a-z_]{1,60}");

  private static final int LONGEST_REASON = 300;

  /** A shorter piece of a secret, as the name of a folder in a webhook's path, tells nothing. */
  private static final int TELLING = 6;

  private Answer() {}

  /** PagerDuty says 202 when it took the event, Slack 200. */
  static Delivery of(Channel channel, int status, String body, String secret) {
    if (status / 100 == 2) {
      return new Delivery.Accepted("status " + status);
    }
    String reason = reason(body, secret);
    // Both services say 429 for too many at once; 408 and 5xx are theirs. Any other answer says
    // that the message or the secret is wrong, which another try does not mend.
    boolean passing = status == 408 || status == 429 || status >= 500;
    return new Delivery.Failed(
        status == 401 || status == 403 ? FailureCode.AUTHENTICATION : FailureCode.TOOL_FAILED,
        "channel "
            + channel.name()
            + " answered "
            + status
            + (reason.isEmpty() ? "" : ": " + reason),
        passing
            ? "See whether the service of the channel is in trouble; it is tried again by itself."
            : "See whether the channel's secret is still valid, and tell those it was for yourself.",
        passing);
  }

  private static String reason(String body, String secret) {
    String text = body.strip();
    if (!WORD.matcher(text).matches()) {
      text = errors(text);
    }
    return tells(text, secret) ? "" : Cut.to(LONGEST_REASON, text);
  }

  /** Message and errors of a PagerDuty answer; empty when it is no such answer. */
  private static String errors(String body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      // A proxy's page, say: nothing that a person needs in one line.
      return "";
    }
    StringJoiner all = new StringJoiner("; ");
    all.setEmptyValue("");
    if (answer.path("message").isTextual()) {
      all.add(answer.path("message").asText());
    }
    answer.path("errors").forEach(each -> all.add(each.asText()));
    return all.toString().replaceAll("\\s+", " ");
  }

  /** Whether a text holds the secret, or a telling piece of its path. */
  static boolean tells(String text, String secret) {
    if (!secret.isEmpty() && text.contains(secret)) {
      return true;
    }
    int host = secret.indexOf("://");
    int path = host < 0 ? -1 : secret.indexOf('/', host + 3);
    if (path < 0) {
      return false;
    }
    for (String piece : secret.substring(path).split("[/?&=]")) {
      if (piece.length() >= TELLING && !piece.equals("services") && text.contains(piece)) {
        return true;
      }
    }
    return false;
  }
}
