package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.schemas.Digests;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The bytes of one dump's file on their way to a tool: decompressed, summed up, counted. The bytes
 * that are checked are the bytes that are used.
 */
final class DumpStream implements ToolProcess.Source {
  private static final int BUFFER = 256 * 1024;

  private final Path file;
  private final Compression compression;
  private final Transfer transfer;
  private final boolean whole;
  private final MessageDigest digest = Digests.newSha256();
  private volatile long read;
  private volatile String sha256 = "";

  /** What becomes of the decompressed bytes. */
  interface Transfer {
    void accept(byte[] bytes, int length, ToolProcess.Sink tool) throws IOException;

    /**
     * All has been read and was decompressed without a fault.
     *
     * @param sha256 of the file
     */
    void end(ToolProcess.Sink tool, String sha256) throws IOException;
  }

  private static final Transfer AS_IT_IS =
      new Transfer() {
        @Override
        public void accept(byte[] bytes, int length, ToolProcess.Sink tool) throws IOException {
          tool.write(bytes, 0, length);
        }

        @Override
        public void end(ToolProcess.Sink tool, String sha256) {}
      };

  /**
   * @param whole read to its end even when the tool has stopped reading, so that the sum is whole
   */
  DumpStream(Path file, Compression compression, Transfer transfer, boolean whole) {
    this.file = file;
    this.compression = compression;
    this.transfer = transfer;
    this.whole = whole;
  }

  /** All of a file, as it is when decompressed. */
  static DumpStream whole(Path file, Compression compression) {
    return new DumpStream(file, compression, AS_IT_IS, true);
  }

  /** As much of a file as the tool wants. */
  static DumpStream asWanted(Path file, Compression compression) {
    return new DumpStream(file, compression, AS_IT_IS, false);
  }

  @Override
  public long read() {
    return read;
  }

  @Override
  public String name() {
    return file.toString();
  }

  /** Of the file as it lies there; empty before all of it was read. */
  String sha256() {
    return sha256;
  }

  @Override
  public void writeTo(ToolProcess.Sink tool) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (Counted raw = new Counted(Files.newInputStream(file));
        InputStream decoded =
            compression.decode(new BufferedInputStream(raw, BUFFER), Files.size(file))) {
      for (int got = decoded.read(buffer); got >= 0; got = decoded.read(buffer)) {
        transfer.accept(buffer, got, tool);
        if (!whole && !tool.wanted()) {
          return;
        }
      }
      // What stands behind the compressed bytes belongs to the sum too.
      while (raw.read(buffer, 0, buffer.length) >= 0) {
        tool.write(buffer, 0, 0);
      }
      sha256 = HexFormat.of().formatHex(digest.digest());
      transfer.end(tool, sha256);
    }
  }

  private final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      if (one >= 0) {
        digest.update((byte) one);
        read = ++count;
      }
      return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int got = super.read(bytes, offset, length);
      if (got > 0) {
        digest.update(bytes, offset, got);
        count += got;
        read = count;
      }
      return got;
    }
  }
}
