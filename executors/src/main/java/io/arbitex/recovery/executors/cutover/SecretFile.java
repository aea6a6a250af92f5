package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.ActionContext;
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
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The file that the platform reads its connection from. It is replaced whole or not at all. Beside
 * it stands {@code <file>.owner} with the claim of the newest writer; an older one is refused,
 * under a lock that is held for the moment of the write only.
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

  /**
   * Who writes. Tokens grow within one command; between commands the moment of issue decides, since
   * tokens begin anew when Kafka is rebuilt.
   *
   * @param token of the intent
   */
  record Claim(long token, String command, Instant issuedAt) {
    static Claim of(ActionContext context) {
      return new Claim(
          context.token(), context.command().getCommandId(), context.command().getIssuedAt());
    }

    boolean laterThan(Claim other) {
      if (command.equals(other.command)) {
        return token > other.token;
      }
      return issuedAt.equals(other.issuedAt)
          ? token > other.token
          : issuedAt.isAfter(other.issuedAt);
    }

    String line() {
      return token + " " + command + " " + issuedAt + "\n";
    }

    static Claim parse(String line) throws IOException {
      String[] words = line.strip().split(" +", 3);
      try {
        // A claim without a moment was written before there was one: older than any other command.
        return new Claim(
            Long.parseLong(words[0]),
            words.length > 1 ? words[1] : "",
            words.length > 2 ? Instant.parse(words[2]) : Instant.EPOCH);
      } catch (NumberFormatException | DateTimeParseException e) {
        throw new IOException("the owner file beside the connection secret is damaged", e);
      }
    }
  }

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

  /** What was there before the incident; empty when nothing was kept. */
  Optional<String> kept(String incident) throws IOException {
    try {
      return Optional.of(Files.readString(keptFile(incident), StandardCharsets.UTF_8).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes a file beside it with the access of the secret, as a switch would, and takes it away.
   *
   * @throws IOException when a switch could not write the secret
   */
  void probe() throws IOException {
    Path probe = file.resolveSibling(file.getFileName() + ".probe");
    try {
      write(probe, "probe\n");
      takeOverAccess(probe);
    } finally {
      Files.deleteIfExists(probe);
    }
    Path owner = ownerFile();
    if (Files.exists(owner)) {
      FileChannel.open(owner, StandardOpenOption.READ, StandardOpenOption.WRITE).close();
    }
  }

  /**
   * Claims the secret; from now on no earlier one can write.
   *
   * @throws ClaimedByLaterOwner when a later one did so before
   */
  void claim(Claim claim) throws IOException, ClaimedByLaterOwner {
    try (FileChannel owner = owner();
        FileLock lock = lock(owner)) {
      Optional<Claim> claimed = claimed(owner);
      if (!lock.isValid() || claimed.filter(found -> found.laterThan(claim)).isPresent()) {
        throw later(claimed, claim);
      }
      ByteBuffer text = ByteBuffer.wrap(claim.line().getBytes(StandardCharsets.UTF_8));
      owner.truncate(0);
      owner.position(0);
      while (text.hasRemaining()) {
        owner.write(text);
      }
      owner.force(true);
    }
  }

  /**
   * Replaces the content.
   *
   * @param keep whether what is there now is kept beside it, under the incident's name
   * @param claim that was made before
   * @throws ClaimedByLaterOwner when it was claimed again since
   */
  void replace(String content, Claim claim, String incident, Predicate<String> keep)
      throws IOException, ClaimedByLaterOwner {
    try (FileChannel owner = owner();
        FileLock lock = lock(owner)) {
      Optional<Claim> claimed = claimed(owner);
      if (!lock.isValid() || claimed.filter(claim::equals).isEmpty()) {
        throw later(claimed, claim);
      }
      keepOld(incident, keep);
      Path next = file.resolveSibling(file.getFileName() + ".next");
      write(next, content + "\n");
      takeOverAccess(next);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      RestorePointManifest.syncFolder(file);
    }
  }

  private void keepOld(String incident, Predicate<String> keep) throws IOException {
    Optional<String> old = read();
    if (old.isPresent() && keep.test(old.get())) {
      Path kept = keptFile(incident);
      Path part = kept.resolveSibling(kept.getFileName() + ".part");
      write(part, old.get() + "\n");
      Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Path keptFile(String incident) {
    return file.resolveSibling(
        file.getFileName() + ".before-" + incident.replaceAll("[^A-Za-z0-9._-]", "_"));
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

  private Path ownerFile() {
    return file.resolveSibling(file.getFileName() + ".owner");
  }

  private FileChannel owner() throws IOException {
    return FileChannel.open(
        ownerFile(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Empty when nobody has claimed it yet. */
  private static Optional<Claim> claimed(FileChannel owner) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(owner.size(), 4_096));
    owner.position(0);
    int read;
    do {
      read = owner.read(bytes);
    } while (read > 0);
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? Optional.empty() : Optional.of(Claim.parse(text));
  }

  private static ClaimedByLaterOwner later(Optional<Claim> claimed, Claim ours) {
    return new ClaimedByLaterOwner(
        "the connection secret is claimed by "
            + claimed.map(found -> found.line().strip()).orElse("nobody any more")
            + "; ours is "
            + ours.line().strip());
  }
}
