package io.arbitex.recovery.backup;

import com.github.luben.zstd.ZstdOutputStream;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.schemas.Digests;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Rows of one range in a file of their own: COPY's binary format, compressed with zstd. */
final class PartDump {
  private static final int LEVEL = 1;
  private static final int BUFFER = 1 << 18;

  private final LargeTables.Range range;
  private final Path file;

  /**
   * @param file where to; must not be there yet
   */
  PartDump(LargeTables.Range range, Path file) {
    this.range = range;
    this.file = file;
  }

  /** Asked between rows; what it throws ends the dump. */
  @FunctionalInterface
  interface GoOn {
    void check() throws BackupFailed;
  }

  /**
   * Writes it, on the disk.
   *
   * @param snapshot that another transaction exported and holds open
   * @param name of the file in the end
   */
  DumpPart write(Connection connection, String snapshot, String name, GoOn goOn)
      throws SQLException, IOException, BackupFailed {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot + "'");
    }
    MessageDigest digest = Digests.newSha256();
    long rows;
    try (OutputStream raw =
            new DigestOutputStream(
                new BufferedOutputStream(
                    Files.newOutputStream(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    BUFFER),
                digest);
        ZstdOutputStream out = new ZstdOutputStream(raw, LEVEL)) {
      // A damaged file is to be told by itself, not by the manifest alone.
      out.setChecksum(true);
      rows = copy(connection, out, goOn);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    connection.rollback();
    return DumpPart.newBuilder()
        .setFile(name)
        .setTable(range.table())
        .setRows(rows)
        .setSizeBytes(Files.size(file))
        .setSha256(HexFormat.of().formatHex(digest.digest()))
        .build();
  }

  private long copy(Connection connection, OutputStream out, GoOn goOn)
      throws SQLException, IOException, BackupFailed {
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + range.query() + ") TO STDOUT (FORMAT binary)");
    for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
      out.write(row);
      goOn.check();
    }
    return copy.getHandledRowCount();
  }
}
