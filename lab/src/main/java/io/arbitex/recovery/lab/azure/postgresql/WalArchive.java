package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A server's archive of write-ahead log. No other server writes into it. */
public final class WalArchive {
  private static final long LOOK_MILLIS = 50;

  private final ServerFolder folder;

  public WalArchive(ServerFolder folder) {
    this.folder = folder;
  }

  /**
   * Makes the archive and the program that fills it. It works without the lab's process: a copy
   * under another name, flushed and renamed; what is there with other content stays.
   */
  void prepare() throws IOException {
    Programs.folder(folder.archive());
    String archive = ServerSettings.quoted(folder.archive().toString());
    Programs.write(
        folder.archiveScript(),
        String.join(
            "\n",
            "#!/bin/sh",
            "set -e",
            "cd " + archive,
            "[ ! -e " + ServerSettings.quoted(folder.archivePaused().toString()) + " ]",
            // PostgreSQL gives the path relative to its data directory.
            "from=\"$OLDPWD/$1\"",
            "if [ -e \"$2\" ]; then cmp -s \"$from\" \"$2\"; exit; fi",
            "cp \"$from\" \".$2.new\"",
            "sync -d \".$2.new\"",
            "mv \".$2.new\" \"$2\"",
            "sync .",
            ""),
        "rwxr-xr-x");
  }

  public boolean isPaused() {
    return Files.exists(folder.archivePaused());
  }

  /** Holds the archive back, as one that lags behind; or lets it go on. */
  public void pause(boolean paused) throws IOException {
    if (paused) {
      Files.writeString(folder.archivePaused(), "");
    } else {
      Files.deleteIfExists(folder.archivePaused());
    }
  }

  /**
   * Commits something, so that every moment before now has a commit behind it, and waits until that
   * is archived.
   *
   * @return false when it was not within the limit
   */
  public boolean catchUp(Connection superuser, Duration limit)
      throws SQLException, InterruptedException {
    String segment;
    try (Statement statement = superuser.createStatement()) {
      statement.execute("SELECT txid_current()");
      try (ResultSet row = statement.executeQuery("SELECT pg_walfile_name(pg_switch_wal())")) {
        row.next();
        segment = row.getString(1);
      }
    }
    long end = System.nanoTime() + limit.toNanos();
    while (!Files.exists(folder.archive().resolve(segment))) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }
}
