package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.stream.Stream;

/** Where everything of a lab lies. Nothing outside of this folder is written or deleted. */
public record LabFolder(Path root) {
  private static final String MARK = ".lab-folder";
  private static final SecureRandom RANDOM = new SecureRandom();

  public LabFolder {
    root = root.toAbsolutePath().normalize();
  }

  public Path state() {
    return root.resolve("state.json");
  }

  public Path etc() {
    return root.resolve("etc");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  public Path secrets() {
    return root.resolve("secrets");
  }

  public Path backups() {
    return root.resolve("backups");
  }

  public Path run() {
    return root.resolve("run");
  }

  public Path postgresql(String server) {
    return root.resolve("postgresql").resolve(server);
  }

  public Path broker() {
    return root.resolve("broker");
  }

  public Path traffic() {
    return root.resolve("traffic");
  }

  /** What the cluster keeps: objects and pods. */
  public Path kubernetes() {
    return root.resolve("kubernetes");
  }

  /** The disks behind volumes, a folder each: the cluster has them mounted, Azure copies them. */
  public Path disks() {
    return root.resolve("disks");
  }

  /** What Azure keeps: servers with their data, archives, backups, operations. */
  public Path azure() {
    return root.resolve("azure");
  }

  public Path log(String process) {
    return logs().resolve(process + ".log");
  }

  /**
   * Empties the folder and makes it a lab's.
   *
   * @throws LabFailure when it holds something that no lab has put there
   */
  void prepare() throws IOException {
    if (Files.exists(root) && !Files.exists(root.resolve(MARK))) {
      try (Stream<Path> entries = Files.list(root)) {
        if (entries.findAny().isPresent()) {
          throw new LabFailure(
              root
                  + " is not empty and no lab's folder, so it is left alone; name another one"
                  + " with --folder");
        }
      }
    }
    Files.createDirectories(root);
    Files.writeString(root.resolve(MARK), "A lab of the recovery pipeline; it may be deleted.\n");
    for (Path folder : new Path[] {etc(), run(), logs(), secrets(), backups(), traffic()}) {
      delete(folder);
      Files.createDirectory(folder);
    }
    delete(root.resolve("postgresql"));
    delete(broker());
    delete(kubernetes());
    delete(azure());
    delete(disks());
    delete(root.resolve("services"));
    delete(root.resolve("monitoring"));
    Files.deleteIfExists(state());
    Files.setPosixFilePermissions(secrets(), PosixFilePermissions.fromString("rwx------"));
  }

  /** Deletes a part of the lab with all that is in it. */
  void delete(Path part) throws IOException {
    Path inside = part.toAbsolutePath().normalize();
    if (!inside.startsWith(root) || inside.equals(root) || !Files.exists(root.resolve(MARK))) {
      throw new LabFailure(part + " is not a part of the lab in " + root);
    }
    if (!Files.exists(inside)) {
      return;
    }
    Files.walkFileTree(
        inside,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            // A dying server deletes files of its own meanwhile.
            if (Files.exists(file)) {
              throw e;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Writes a file whole or not at all. */
  static void writeAtomically(Path file, byte[] bytes) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    Files.write(temporary, bytes);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes a secret to a file that its owner alone may read. */
  Path secret(String name, String value) throws IOException {
    Path file = secrets().resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, value.getBytes(StandardCharsets.UTF_8));
    return file;
  }

  /** 128 random bits in hex. */
  static String randomSecret() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
