package io.arbitex.recovery.lab.azure.postgresql;

import java.nio.file.Path;

/**
 * Where all of one server lies.
 *
 * @param root the server's own folder
 */
public record ServerFolder(Path root) {
  /**
   * A data directory. Each try to fill one has another, so that what a killed try has left running
   * writes into none that is in use.
   */
  Path data(String name) {
    return root.resolve(name);
  }

  /** Segments of write-ahead log, by their names. */
  Path archive() {
    return root.resolve("archive");
  }

  /** While it is there, nothing is archived. */
  Path archivePaused() {
    return root.resolve("archive-paused");
  }

  Path archiveScript() {
    return root.resolve("archive-wal");
  }

  /** One folder for each base backup that is whole. */
  Path backups() {
    return root.resolve("backups");
  }

  Path log() {
    return root.resolve("server.log");
  }

  /** The password of the lab's own role. */
  Path superuserPassword() {
    return root.resolve("azuresu");
  }

  /** The administrator's password, until the server has it. */
  Path administratorPassword() {
    return root.resolve("administrator");
  }
}
