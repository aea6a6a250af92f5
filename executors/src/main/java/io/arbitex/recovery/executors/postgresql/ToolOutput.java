package io.arbitex.recovery.executors.postgresql;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the end of a stream. */
final class ToolOutput implements Runnable {
  private final InputStream in;
  private final int most;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  ToolOutput(InputStream in, int most) {
    this.in = in;
    this.most = most;
  }

  @Override
  public void run() {
    byte[] buffer = new byte[8_192];
    try (in) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        synchronized (kept) {
          if (kept.size() + read > most) {
            kept.reset();
          }
          kept.write(buffer, 0, Math.min(read, most));
        }
      }
    } catch (IOException e) {
      synchronized (kept) {
        kept.writeBytes((" [output was cut: " + e + "]").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  String text() {
    synchronized (kept) {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }
}
