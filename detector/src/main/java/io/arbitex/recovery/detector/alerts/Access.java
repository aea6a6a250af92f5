package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.AlertSender;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Whether a sender has shown its token: as a Bearer token, as the password of Basic, or, since
 * Azure's action groups and Event Grid can do no other, as {@code ?token=} in the address.
 */
final class Access {
  private Access() {}

  /**
   * @param authorization the header; null when absent
   * @param parameter {@code token} of the query; null when absent
   * @param token what must be shown; an empty one lets nobody in
   */
  static boolean granted(AlertSender kind, String authorization, String parameter, String token) {
    List<String> shown = new ArrayList<>();
    if (authorization != null) {
      int space = authorization.indexOf(' ');
      String scheme = space < 0 ? "" : authorization.substring(0, space).toLowerCase(Locale.ROOT);
      String rest = authorization.substring(space + 1).strip();
      if (scheme.equals("bearer")) {
        shown.add(rest);
      } else if (scheme.equals("basic")) {
        shown.add(password(rest));
      }
    }
    if (parameter != null && kind != AlertSender.ALERTMANAGER) {
      shown.add(parameter);
    }
    byte[] wanted = hash(token);
    // Of the hashes, so that neither time nor length says how much of a guess is right.
    return !token.isEmpty()
        && shown.stream().anyMatch(each -> MessageDigest.isEqual(hash(each), wanted));
  }

  private static String password(String basic) {
    try {
      String pair = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
