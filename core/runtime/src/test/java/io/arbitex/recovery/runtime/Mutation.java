package io.arbitex.recovery.runtime;

import java.util.Arrays;
import java.util.Random;

/** Bytes that were a record once. */
public final class Mutation {
  private Mutation() {}

  /** Noise, a cut or lengthened record, a few bytes changed, or by chance the record itself. */
  public static byte[] of(Random random, byte[] good) {
    if (random.nextInt(50) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes =
        random.nextInt(4) == 0
            ? Arrays.copyOf(good, random.nextInt(good.length + 8))
            : good.clone();
    for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
