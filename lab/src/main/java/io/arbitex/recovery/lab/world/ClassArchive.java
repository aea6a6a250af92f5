package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.schemas.Digests;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One class data archive that all Java processes of a lab share, so that they need not read and
 * check the same classes again: most of the time to a lab is ten JVMs that start on two cores. It
 * is only ever a matter of speed. Its name holds what it was made from, so a stale one is not even
 * tried, and a JVM ignores one that does not fit.
 */
final class ClassArchive {
  private static final Logger log = LoggerFactory.getLogger(ClassArchive.class);
  private static final String SUFFIX = ".jsa";
  private static final String LIST_SUFFIX = ".classes";
  private static final int KEPT = 2;
  private static final long LIMIT_SECONDS = 60;

  /** Thousands of classes of signed jars: the JVM leaves them out, after a minute of trying. */
  private static final String NEVER_ARCHIVED = "com/azure/";

  private final String classPath;
  private final Path file;

  private ClassArchive(String classPath, Path file) {
    this.classPath = classPath;
    this.file = file;
  }

  /**
   * The archive of a class path, made or not yet.
   *
   * @param classPath absolute
   * @return empty when there can be none: a JVM archives classes of jars only
   */
  static Optional<ClassArchive> of(String classPath) throws IOException {
    MessageDigest digest = Digests.newSha256();
    digest.update(System.getProperty("java.vm.version").getBytes(StandardCharsets.UTF_8));
    for (String part : classPath.split(File.pathSeparator, -1)) {
      Path jar = Path.of(part);
      if (!Files.isRegularFile(jar)) {
        return Optional.empty();
      }
      String made = part + ":" + Files.size(jar) + ":" + Files.getLastModifiedTime(jar) + "\n";
      digest.update(made.getBytes(StandardCharsets.UTF_8));
    }
    Path own;
    try {
      own = Path.of(ClassArchive.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of this class is no path", e);
    }
    String key = HexFormat.of().formatHex(digest.digest(), 0, 8);
    // Beside the folder of the jars: what a build makes anew may be deleted with it.
    return Optional.of(
        new ClassArchive(classPath, own.getParent().resolveSibling("cds").resolve(key + SUFFIX)));
  }

  boolean isMade() {
    return Files.isRegularFile(file);
  }

  /**
   * Options of a JVM that uses the archive, or that writes down which classes it loads, as long as
   * there is none.
   *
   * @param lists folder for such lists
   */
  List<String> options(Path lists, String process) {
    return isMade()
        ? List.of("-XX:SharedArchiveFile=" + file, "-Xshare:auto", "-Xlog:cds*=off")
        : List.of("-XX:DumpLoadedClassList=" + lists.resolve(process + LIST_SUFFIX));
  }

  /**
   * Makes the archive from the lists that processes have left. A failure is logged: the next lab
   * starts as slowly as this one did.
   */
  void make(Path lists, Path output) throws IOException, InterruptedException {
    Set<String> classes = new TreeSet<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(lists, "*" + LIST_SUFFIX)) {
      for (Path list : each) {
        classes.addAll(loaded(list));
      }
    }
    if (classes.isEmpty()) {
      return;
    }
    Files.createDirectories(file.getParent());
    if (!dump(lists, classes, output)) {
      // Java 17 dies of the lambdas of some libraries (SIGSEGV in its dictionary of their proxies).
      classes.removeIf(each -> each.startsWith("@"));
      if (!dump(lists, classes, output)) {
        log.warn("no class data archive could be made; see {}", output);
      }
    }
  }

  private boolean dump(Path lists, Set<String> classes, Path output)
      throws IOException, InterruptedException {
    Path all = lists.resolve("classes.all");
    Files.write(all, classes, StandardCharsets.UTF_8);
    Path part = Files.createTempFile(file.getParent(), "archive", ".part");
    Process making =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:dump",
                "-Xmx512m",
                "-XX:ErrorFile=" + output.resolveSibling("class-archive-crash.log"),
                "-XX:SharedClassListFile=" + all,
                "-XX:SharedArchiveFile=" + part,
                "-cp",
                classPath)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean made = making.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && making.exitValue() == 0;
      if (made) {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        prune();
      }
      return made;
    } finally {
      making.destroyForcibly();
      Files.deleteIfExists(part);
    }
  }

  /** Names of classes as the JVM wrote them, without the numbers that mean something in it only. */
  private static List<String> loaded(Path list) throws IOException {
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(list, StandardCharsets.UTF_8)) {
      if (line.startsWith("@")) {
        names.add(line);
      } else if (!line.startsWith("#")
          && !line.contains(" source:")
          && !line.startsWith(NEVER_ARCHIVED)) {
        names.add(line.replaceFirst(" id: \\d+$", ""));
      }
    }
    return names;
  }

  private void prune() throws IOException {
    List<Path> archives = new ArrayList<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(file.getParent(), "*" + SUFFIX)) {
      each.forEach(archives::add);
    }
    archives.sort(Comparator.comparingLong((Path path) -> path.toFile().lastModified()).reversed());
    for (Path old : archives.subList(Math.min(KEPT, archives.size()), archives.size())) {
      Files.delete(old);
    }
  }
}
