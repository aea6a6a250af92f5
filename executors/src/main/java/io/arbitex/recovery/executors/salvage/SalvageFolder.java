package io.arbitex.recovery.executors.salvage;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The folder of the exports. It holds data of customers, so only its owner may look into it. */
public final class SalvageFolder {
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private static final int PROBE_BYTES = 1 << 16;

  private final Path folder;

  public SalvageFolder(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  public Path path() {
    return folder;
  }

  /**
   * Writes a file and takes it away, as an export would; a folder that is not there yet is looked
   * for in the next one above it.
   *
   * @param needed bytes that should be free
   * @throws IOException when an export could not be written, saying why
   */
  public void probe(long needed) throws IOException {
    Path there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (there.equals(folder)) {
      refuseIfOthersMayLook();
    }
    if (!Files.isDirectory(there)) {
      throw new IOException(there + " is no folder");
    }
    Path probe = there.resolve(".recovery-probe-" + ProcessHandle.current().pid());
    Files.deleteIfExists(probe);
    try (FileChannel channel = SalvageFile.create(probe)) {
      write(channel, new byte[PROBE_BYTES]);
    } finally {
      Files.deleteIfExists(probe);
    }
    long free = Files.getFileStore(there).getUsableSpace();
    if (free < needed) {
      throw new IOException(
          "%s has %.1f MB free, %.1f MB may be needed".formatted(there, free / 1e6, needed / 1e6));
    }
  }

  /** Makes the folder where there is none, and takes away what earlier attempts left half done. */
  void prepare(StepCommand command) throws IOException {
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNERS));
    refuseIfOthersMayLook();
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(folder, "." + name(command) + ".*.part")) {
      for (Path part : parts) {
        Files.delete(part);
      }
    }
  }

  /** The whole export of a command; empty when there is none, or its files are not what it says. */
  public Optional<SalvageManifest> find(StepCommand command) throws IOException {
    SalvageManifest manifest;
    try {
      manifest = SalvageManifest.read(Files.readAllBytes(manifestOf(command)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      // Not one of ours, or not as we wrote it: it is made again.
      return Optional.empty();
    }
    boolean whole = manifest.command().equals(command.getCommandId()) && isThere(manifest.events());
    if (manifest.rewritten().isPresent()) {
      whole = whole && isThere(manifest.rewritten().get());
    }
    return whole ? Optional.of(manifest) : Optional.empty();
  }

  private boolean isThere(WrittenEvents written) throws IOException {
    Path file = folder.resolve(written.file());
    return Files.isRegularFile(file) && DumpContent.sha256(file).equals(written.sha256());
  }

  SalvageFile begin(StepCommand command, String kind, long token) throws IOException {
    String file = name(command) + "." + kind + ".jsonl.gz";
    return new SalvageFile(folder.resolve(file), part(command, kind, token));
  }

  /** The last thing that is written: with it the export is whole. */
  void finish(StepCommand command, SalvageManifest manifest, long token) throws IOException {
    Path part = part(command, "manifest", token);
    try (FileChannel channel = SalvageFile.create(part)) {
      write(channel, manifest.json());
    }
    Path file = manifestOf(command);
    // The files' names are on the disk before the manifest's that vouches for them.
    RestorePointManifest.syncFolder(file);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    RestorePointManifest.syncFolder(file);
  }

  private Path part(StepCommand command, String kind, long token) {
    return folder.resolve("." + name(command) + "." + kind + "." + token + ".part");
  }

  private Path manifestOf(StepCommand command) {
    return folder.resolve(name(command) + ".manifest.json");
  }

  /** Of one command alone, and nothing in it but numbers of ours. */
  static String name(StepCommand command) {
    return command.getIncidentId().replaceAll("[^A-Za-z0-9._-]", "_")
        + "-"
        + Digests.sha256(command.getCommandId()).substring(0, 12);
  }

  private void refuseIfOthersMayLook() throws IOException {
    if (!OWNERS.containsAll(Files.getPosixFilePermissions(folder))) {
      throw new IOException("others than its owner may look into " + folder + " (chmod 700)");
    }
  }

  private static void write(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }
}
