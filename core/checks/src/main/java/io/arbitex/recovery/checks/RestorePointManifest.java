package io.arbitex.recovery.checks;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The manifest that stands beside a dump: {@code NAME.dump} and {@code NAME.dump.manifest.json}. It
 * is written last, so a manifest always means a whole dump; a dump without one is not a restore
 * point. Rows of large tables may stand in further files beside it, which the manifest lists as
 * parts. What {@code sizeBytes} and {@code sha256} of a folder are, {@link DumpContent} says.
 */
public final class RestorePointManifest {
  /** What a manifest's name adds to the dump's. */
  public static final String SUFFIX = ".manifest.json";

  private RestorePointManifest() {}

  /**
   * A restore point that was found.
   *
   * @param dump the dump beside the manifest; it is there, and nothing more is said of it
   * @param point with {@code location} set to where the dump is now, since folders get copied
   */
  public record Found(Path manifest, Path dump, RestorePoint point) {}

  /** A folder or manifest that gave no restore point, and why. */
  public record Unreadable(Path path, String reason) {}

  /**
   * All that several folders hold.
   *
   * @param restorePoints newest first, by the moment of their snapshot; copies in several folders
   *     each count
   */
  public record Catalogue(List<Found> restorePoints, List<Unreadable> unreadable) {}

  /** The manifest of a dump. */
  public static Path of(Path dump) {
    return dump.resolveSibling(dump.getFileName() + SUFFIX);
  }

  /**
   * Writes a dump's manifest: it is there whole and on the disk, or not at all.
   *
   * @return the manifest
   */
  public static Path write(Path dump, RestorePoint point) throws IOException {
    Path manifest = of(dump);
    Path temporary = manifest.resolveSibling(manifest.getFileName() + ".part");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(RestorePointJson.write(point));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        temporary, manifest, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(manifest);
    return manifest;
  }

  /** Makes a rename in a file's folder last through a power cut. */
  public static void syncFolder(Path file) throws IOException {
    try (FileChannel folder =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /**
   * Reads a manifest.
   *
   * @throws UnreadableManifest when it is not whole or not right, naming file and field
   */
  public static RestorePoint read(Path manifest) throws UnreadableManifest {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(manifest);
    } catch (IOException e) {
      throw new UnreadableManifest(manifest, "cannot be read: " + e, e);
    }
    try {
      return RestorePointJson.read(bytes);
    } catch (JsonProcessingException e) {
      throw new UnreadableManifest(manifest, "is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UnreadableManifest(manifest, e.getMessage(), e);
    }
  }

  /** All restore points of several folders. A bad one is told, and hides no good one. */
  public static Catalogue list(List<Path> folders) {
    List<Found> found = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>();
    for (Path folder : folders) {
      List<Path> manifests = new ArrayList<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        entries.forEach(manifests::add);
      } catch (DirectoryIteratorException | IOException e) {
        unreadable.add(new Unreadable(folder, "the folder cannot be read: " + e));
      }
      for (Path manifest : manifests) {
        try {
          found.add(found(manifest));
        } catch (UnreadableManifest e) {
          unreadable.add(new Unreadable(manifest, e.getMessage()));
        }
      }
    }
    found.sort(
        Comparator.comparing((Found each) -> each.point().getTakenAt())
            .reversed()
            .thenComparing(each -> each.dump().toString()));
    return new Catalogue(List.copyOf(found), List.copyOf(unreadable));
  }

  private static Found found(Path manifest) throws UnreadableManifest {
    String name = manifest.getFileName().toString();
    Path dump = manifest.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
    RestorePoint point = read(manifest);
    if (!Files.exists(dump)) {
      throw new UnreadableManifest(manifest, "there is no " + dump.getFileName() + " beside it");
    }
    for (DumpPart part : point.getParts()) {
      if (!Files.exists(dump.resolveSibling(part.getFile()))) {
        throw new UnreadableManifest(manifest, "there is no " + part.getFile() + " beside it");
      }
    }
    point.setLocation(dump.toAbsolutePath().normalize().toString());
    return new Found(manifest, dump, point);
  }
}
