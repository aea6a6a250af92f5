package io.arbitex.recovery.checks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * The HMAC of one audit event: HMAC-SHA256 in lower-case hex over {@code
 * prev|id|tenant|actor|action|epochMicros|payload}, where prev is the HMAC of the event before it
 * and payload is PostgreSQL's own text of the jsonb value. Not for use by several threads.
 */
public final class AuditHmac {
  /** What stands for the event before the first one: 64 zeros. */
  public static final String GENESIS = "0".repeat(64);

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Mac mac;
  private final byte[] digits = new byte[20];
  private final byte[] sum = new byte[32];

  /** The text of the event so far: one call of the Mac for each event instead of fourteen. */
  private byte[] text = new byte[1_024];

  private int length;

  /**
   * @param key the platform's audit key; at least one byte
   */
  public AuditHmac(byte[] key) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /**
   * The HMAC of an event.
   *
   * @param previous HMAC of the event before it, {@link #GENESIS} for the first
   * @param at whole microseconds, as PostgreSQL keeps it
   * @param payload the text that {@code payload::text} gives
   */
  public String of(
      String previous,
      long id,
      int tenant,
      String actor,
      String action,
      Instant at,
      String payload) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, at);
    String text =
        previous + '|' + id + '|' + tenant + '|' + actor + '|' + action + '|' + micros + '|'
            + payload;
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  void update(byte[] bytes, int offset, int count) {
    room(count);
    System.arraycopy(bytes, offset, text, length, count);
    length += count;
  }

  void separator() {
    room(1);
    text[length++] = '|';
  }

  /** Adds a number in decimal without making a String: this runs millions of times. */
  void number(long value) {
    int at = digits.length;
    long rest = value;
    do {
      digits[--at] = (byte) ('0' + Math.abs((int) (rest % 10)));
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      room(1);
      text[length++] = '-';
    }
    update(digits, at, digits.length - at);
  }

  void finish(byte[] hex) {
    mac.update(text, 0, length);
    length = 0;
    try {
      mac.doFinal(sum, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
    for (int i = 0; i < sum.length; i++) {
      hex[2 * i] = HEX[(sum[i] >> 4) & 15];
      hex[2 * i + 1] = HEX[sum[i] & 15];
    }
  }

  private void room(int more) {
    if (length + more > text.length) {
      text = Arrays.copyOf(text, Math.max(length + more, 2 * text.length));
    }
  }
}
