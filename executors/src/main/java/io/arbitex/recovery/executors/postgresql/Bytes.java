package io.arbitex.recovery.executors.postgresql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Looks at the first bytes of files. */
final class Bytes {
  private Bytes() {}

  /**
   * @param begin one character for each byte
   */
  static boolean startWith(byte[] bytes, String begin) {
    return at(bytes, 0, begin.getBytes(StandardCharsets.ISO_8859_1));
  }

  static boolean at(byte[] bytes, int offset, byte[] wanted) {
    return bytes.length >= offset + wanted.length
        && Arrays.equals(bytes, offset, offset + wanted.length, wanted, 0, wanted.length);
  }
}
