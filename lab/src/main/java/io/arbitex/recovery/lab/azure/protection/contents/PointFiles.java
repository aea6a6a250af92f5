package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The files of recovery points, for their owner only: they hold Secrets. */
public final class PointFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  /**
   * @param folder made when it is not there
   */
  public PointFiles(Path folder) throws IOException {
    this.folder =
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /**
   * Keeps what a recovery point holds; returns the SHA-256 of its file.
   *
   * @throws IOException when it cannot be written
   */
  public String write(String point, Contents contents) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(contents);
    Path beside = folder.resolve(point + ".new");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(beside, bytes);
    Files.move(
        beside, file(point), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return sha256(bytes);
  }

  public boolean isThere(String point) {
    return Files.exists(file(point));
  }

  /**
   * @param sha256 as it was when it was written
   * @throws IOException when it is gone, or not what was written
   */
  public Contents read(String point, String sha256) throws IOException {
    byte[] bytes = Files.readAllBytes(file(point));
    if (!sha256(bytes).equals(sha256)) {
      throw new IOException("the recovery point " + point + " is not what was written");
    }
    return JSON.readValue(bytes, Contents.class);
  }

  /** Cuts it in half, as a storage that lost something. */
  public void damage(String point) throws IOException {
    byte[] bytes = Files.readAllBytes(file(point));
    Files.write(file(point), Arrays.copyOf(bytes, bytes.length / 2));
  }

  /** Deletes what it holds; the recovery point is listed on. */
  public void lose(String point) throws IOException {
    Files.delete(file(point));
  }

  private Path file(String point) {
    return folder.resolve(point + ".json");
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
