package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.RestorePointManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The file that the platform reads its connection from. It is replaced whole or not at all. Beside
 * it stands {@code <file>.owner} with the token of the newest writer; a writer with a smaller one
 * is refused, under a lock that is held for the moment of the write only.
 */
final class SecretFile {
  /** A later owner has claimed the secret. */
  static final class ClaimedByLaterOwner extends Exception {
    private static final long serialVersionUID = 1L;

    ClaimedByLaterOwner(String message) {
      super(message);
    }
  }

  private static final String PRIVATE = "rw-------";

  private final Path file;

  SecretFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** Its content; empty when there is none. */
  Optional<String> read() throws IOException {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Claims the secret for a token; from now on no smaller one can write.
   *
   * @throws ClaimedByLaterOwner when a larger one did so before
   */
  void claim(long token, String command) throws IOException, ClaimedByLaterOwner {
    try (FileChannel owner = owner();
        FileLock lock = lock(owner)) {
      long claimed = claimed(owner);
      if (claimed > token || !lock.isValid()) {
        throw later(claimed, token);
      }
      ByteBuffer text =
          ByteBuffer.wrap((token + " " + command + "\n").getBytes(StandardCharsets.UTF_8));
      owner.truncate(0);
      owner.position(0);
      while (text.hasRemaining()) {
        owner.write(text);
      }
      owner.force(true);
    }
  }

  /**
   * Replaces the content, and keeps what was there before the incident beside it.
   *
   * @param token that the secret was claimed with
   * @throws ClaimedByLaterOwner when it was claimed again since
   */
  void replace(String content, long token, String incident)
      throws IOException, ClaimedByLaterOwner {
    try (FileChannel owner = owner();
        FileLock lock = lock(owner)) {
      long claimed = claimed(owner);
      if (claimed != token || !lock.isValid()) {
        throw later(claimed, token);
      }
      keepOld(incident);
      Path next = file.resolveSibling(file.getFileName() + ".next");
      write(next, content + "\n");
      takeOverAccess(next);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      RestorePointManifest.syncFolder(file);
    }
  }

  /** Written once: a second try of the same incident must not take the new content for the old. */
  private void keepOld(String incident) throws IOException {
    Path kept =
        file.resolveSibling(
            file.getFileName() + ".before-" + incident.replaceAll("[^A-Za-z0-9._-]", "_"));
    if (Files.exists(file) && !Files.exists(kept)) {
      Path part = kept.resolveSibling(kept.getFileName() + ".part");
      write(part, Files.readString(file, StandardCharsets.UTF_8));
      Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void write(Path target, String content) throws IOException {
    Files.deleteIfExists(target);
    Files.createFile(
        target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** The platform could read the old file, so it must be able to read the new one. */
  private void takeOverAccess(Path next) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    if (!now.group().equals(old.group())) {
      view.setGroup(old.group());
    }
    if (!now.owner().equals(old.owner())) {
      view.setOwner(old.owner());
    }
    view.setPermissions(old.permissions());
  }

  private static FileLock lock(FileChannel owner) throws IOException {
    try {
      return owner.lock();
    } catch (OverlappingFileLockException e) {
      throw new IOException("another cutover in this process writes the secret just now", e);
    }
  }

  private FileChannel owner() throws IOException {
    return FileChannel.open(
        file.resolveSibling(file.getFileName() + ".owner"),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  /** -1 when nobody has claimed it yet. */
  private static long claimed(FileChannel owner) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(owner.size(), 4_096));
    owner.position(0);
    int read;
    do {
      read = owner.read(bytes);
    } while (read > 0);
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      return -1;
    }
    int blank = text.indexOf(' ');
    try {
      return Long.parseLong(blank < 0 ? text : text.substring(0, blank));
    } catch (NumberFormatException e) {
      throw new IOException("the owner file beside the connection secret is damaged", e);
    }
  }

  private static ClaimedByLaterOwner later(long claimed, long token) {
    return new ClaimedByLaterOwner(
        "the connection secret is claimed with token " + claimed + ", ours is " + token);
  }
}
