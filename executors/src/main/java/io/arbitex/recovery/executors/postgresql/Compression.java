package io.arbitex.recovery.executors.postgresql;

import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** What a whole file is compressed with, told by its first bytes. */
enum Compression {
  NONE(""),
  GZIP("\u001f\u008b"),
  ZSTD("(\u00b5/\u00fd");

  /**
   * What may come out of one byte: gzip cannot do more than 1,032, and rows of a database give 3 to
   * 20. More is a trap or damage, and would only fill the time limit.
   */
  private static final long MOST_PER_BYTE = 1_000;

  /** Small files may well exceed the ratio. */
  private static final long ALWAYS = 64L << 20;

  /** 128 MB, the most that the zstd tool itself accepts unasked. */
  private static final int WINDOW_LOG = 27;

  private static final int BUFFER = 1 << 16;

  private final String magic;

  Compression(String magic) {
    this.magic = magic;
  }

  static Compression of(byte[] head) {
    for (Compression each : values()) {
      if (each != NONE && Bytes.startWith(head, each.magic)) {
        return each;
      }
    }
    return NONE;
  }

  static Compression ofFile(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in.readNBytes(ZSTD.magic.length()));
    }
  }

  /** The word in a format's name: {@code plain+gzip}. */
  String suffix() {
    return switch (this) {
      case NONE -> "";
      case GZIP -> "+gzip";
      case ZSTD -> "+zstd";
    };
  }

  /**
   * Decompresses; ends with an {@link IOException} where the input is cut, damaged or grows beyond
   * all measure.
   *
   * @param compressed size of the file, in bytes
   */
  InputStream decode(InputStream in, long compressed) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new Limited(new GZIPInputStream(in, BUFFER), most(compressed));
      case ZSTD -> {
        ZstdInputStream zstd = new ZstdInputStream(in);
        zstd.setLongMax(WINDOW_LOG);
        yield new Limited(zstd, most(compressed));
      }
    };
  }

  /** Why reading ended early; the end of a compressed stream says nothing by itself. */
  static String said(IOException failure) {
    if (failure instanceof EOFException) {
      return "is cut: its compressed bytes end too early";
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static long most(long compressed) {
    return ALWAYS + Math.max(0, compressed) * MOST_PER_BYTE;
  }

  /** Gives up where more comes out than may. */
  private static final class Limited extends FilterInputStream {
    private final long most;
    private long given;

    Limited(InputStream in, long most) {
      super(in);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      given += Math.max(0, read);
      if (given > most) {
        throw new IOException("decompresses to more than " + most + " bytes: not a dump");
      }
      return read;
    }
  }
}
