package io.arbitex.recovery.lab.azure.state;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Records by a key, in memory and each in a file of its own. A change is in its file before anybody
 * sees it.
 */
public final class RecordFiles<R> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ENDING = ".json";

  private static final String OWNERS_FOLDER = "rwx------";
  private static final String OWNERS_FILE = "rw-------";

  private final Path folder;
  private final boolean secret;
  private final Map<String, R> records = new TreeMap<>();

  /**
   * Reads what is there.
   *
   * @throws IOException when a file is not such a record
   */
  public RecordFiles(Path folder, Class<R> type) throws IOException {
    this(Files.createDirectories(folder), type, false);
  }

  private RecordFiles(Path folder, Class<R> type, boolean secret) throws IOException {
    this.folder = folder;
    this.secret = secret;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(ENDING)) {
          records.put(
              name.substring(0, name.length() - ENDING.length()),
              JSON.readValue(file.toFile(), type));
        }
      }
    }
  }

  /**
   * The same, in files that nobody but their owner can read.
   *
   * @throws IOException when a file is not such a record
   */
  public static <R> RecordFiles<R> forTheOwnerOnly(Path folder, Class<R> type) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(OWNERS_FOLDER));
    return new RecordFiles<>(folder, type, true);
  }

  public synchronized Optional<R> find(String key) {
    return Optional.ofNullable(records.get(key));
  }

  /** All of them, by key, as of now. */
  public synchronized Map<String, R> all() {
    return new LinkedHashMap<>(records);
  }

  public synchronized List<R> values() {
    return new ArrayList<>(records.values());
  }

  /**
   * @throws UncheckedIOException when it cannot be written; it is not changed then
   */
  public synchronized void put(String key, R value) {
    Path beside = folder.resolve(key + ".new");
    try {
      if (secret) {
        Files.deleteIfExists(beside);
        Files.createFile(
            beside,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNERS_FILE)));
      }
      JSON.writeValue(beside.toFile(), value);
      Files.move(
          beside,
          folder.resolve(key + ENDING),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    records.put(key, value);
  }

  /**
   * Changes one; empty when there is none.
   *
   * @throws UncheckedIOException when it cannot be written; it is not changed then
   */
  public synchronized Optional<R> change(String key, UnaryOperator<R> change) {
    R before = records.get(key);
    if (before == null) {
      return Optional.empty();
    }
    R after = change.apply(before);
    put(key, after);
    return Optional.of(after);
  }

  /**
   * @throws UncheckedIOException when its file cannot be deleted; it stays then
   */
  public synchronized void remove(String key) {
    try {
      Files.deleteIfExists(folder.resolve(key + ENDING));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    records.remove(key);
  }
}
