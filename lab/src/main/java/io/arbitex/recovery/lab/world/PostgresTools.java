package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds PostgreSQL's programs on this machine. */
public final class PostgresTools {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

  private PostgresTools() {}

  /**
   * The folder with the newest server and client: Debian's folders first, then the search path.
   *
   * @throws LabFailure saying what to install when there is none
   */
  public static Path find() throws IOException {
    if (Files.isDirectory(VERSIONS)) {
      try (Stream<Path> found = Files.list(VERSIONS)) {
        Optional<Path> newest =
            found
                .filter(each -> each.getFileName().toString().matches("\\d+"))
                .sorted(
                    Comparator.comparingInt(
                            (Path each) -> Integer.parseInt(each.getFileName().toString()))
                        .reversed())
                .map(each -> each.resolve("bin"))
                .filter(PostgresTools::isWhole)
                .findFirst();
        if (newest.isPresent()) {
          return newest.get();
        }
      }
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty() && isWhole(Path.of(folder))) {
        return Path.of(folder);
      }
    }
    throw new LabFailure(
        "PostgreSQL's server and client are not installed. On Debian or Ubuntu: apt-get install"
            + " postgresql postgresql-client");
  }

  private static boolean isWhole(Path folder) {
    return Stream.of("initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore")
        .allMatch(tool -> Files.isExecutable(folder.resolve(tool)));
  }
}
