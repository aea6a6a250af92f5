package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PostgreSQL's programs, run as its user. PostgreSQL refuses to run as root, so as root they run as
 * the user postgres, else as oneself.
 */
public final class Programs {
  private static final int LONGEST_QUOTE = 600;
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  private final Path tools;

  /**
   * @param tools the folder that has initdb, pg_ctl, pg_basebackup
   */
  public Programs(Path tools) {
    this.tools = tools;
  }

  /**
   * The major version of a folder's PostgreSQL.
   *
   * @throws IOException when there is none
   */
  public static String version(Path tools) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(tools.resolve("postgres").toString(), "--version")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    Matcher version = VERSION.matcher(said);
    if (!version.find()) {
      throw new IOException(tools + " has no PostgreSQL: " + said.strip());
    }
    return version.group(1);
  }

  /** Runs a program of PostgreSQL to its end, as {@link #run}. */
  void postgres(Path folder, Duration limit, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(List.of(command));
    whole.set(0, tools.resolve(command[0]).toString());
    run(folder, limit, environment, whole);
  }

  /**
   * Runs a program to its end.
   *
   * @param folder it runs in; what it says is appended to {@code programs.log} there
   * @throws ProgramFailed when it does not end within the limit, or ends with an error
   */
  void run(Path folder, Duration limit, Map<String, String> environment, List<String> program)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.addAll(program);
    Path log = folder.resolve("programs.log");
    long before = Files.exists(log) ? Files.size(log) : 0;
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ProgramFailed(
            program.get(0) + " did not end within " + limit.toSeconds() + " s; see " + log);
      }
    } finally {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    if (process.exitValue() != 0) {
      throw new ProgramFailed(
          program.get(0) + " ended with " + process.exitValue() + ": " + said(log, before));
    }
  }

  private static String said(Path log, long from) throws IOException {
    byte[] all = Files.readAllBytes(log);
    int start = (int) Math.max(Math.min(from, all.length), all.length - (long) LONGEST_QUOTE);
    return new String(all, start, all.length - start, StandardCharsets.UTF_8).strip();
  }

  /** Makes a folder that PostgreSQL may write into. */
  static Path folder(Path folder) throws IOException {
    Files.createDirectories(folder);
    give(folder);
    return folder;
  }

  /** Writes a file that PostgreSQL reads, whole or not at all. */
  static void write(Path file, String content, String permissions) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(beside, content);
    Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString(permissions));
    give(beside);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void give(Path path) throws IOException {
    if (isRoot()) {
      Files.setOwner(
          path,
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
