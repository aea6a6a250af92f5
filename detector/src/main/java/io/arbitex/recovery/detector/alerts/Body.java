package io.arbitex.recovery.detector.alerts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Reads a body that somebody else sends: never more than so much, never longer than so long. */
final class Body {
  /** More was sent than is taken. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(int most) {
      super("larger than " + most + " bytes");
    }
  }

  /** It came too slowly. */
  static final class TooSlow extends IOException {
    private static final long serialVersionUID = 1L;

    TooSlow(Duration limit) {
      super("not there within " + limit.toMillis() + " ms");
    }
  }

  private Body() {}

  /**
   * @param most bytes
   * @param limit for all of it; a read that blocks is ended by the connection's idle timeout
   * @throws IOException when it is too large, too slow or breaks off
   */
  static byte[] read(InputStream from, int most, Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] piece = new byte[8_192];
    for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
      if (body.size() + count > most) {
        throw new TooLarge(most);
      }
      body.write(piece, 0, count);
      if (System.nanoTime() > end) {
        throw new TooSlow(limit);
      }
    }
    return body.toByteArray();
  }
}
