package io.arbitex.recovery.executors.postgresql;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * The compressed files of a directory dump. pg_restore reads them by zlib, which takes a cut one
 * for one that ends there.
 */
final class DirectoryFiles {
  private DirectoryFiles() {}

  /**
   * Decompresses each to its end.
   *
   * @throws UnusableDump when one is cut or damaged
   */
  static void refuseCut(Path folder) throws IOException, UnusableDump {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.gz")) {
      for (Path file : files) {
        try (InputStream in = Files.newInputStream(file);
            InputStream decoded = Compression.GZIP.decode(in, Files.size(file))) {
          decoded.transferTo(OutputStream.nullOutputStream());
        } catch (EOFException | ZipException e) {
          throw new UnusableDump("holds " + file.getFileName() + ", which is cut or damaged: " + e);
        }
      }
    }
  }
}
