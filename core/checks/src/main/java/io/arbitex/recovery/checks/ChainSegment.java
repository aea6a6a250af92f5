package io.arbitex.recovery.checks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;

/**
 * Verifies the events of one range of ids, starting from the event before it, so that segments can
 * be verified side by side. Reads by COPY BINARY into one buffer: no object per row.
 */
final class ChainSegment {
  /** 2000-01-01, where PostgreSQL's timestamps start, in microseconds since 1970. */
  private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int COLUMNS = 8;
  private static final int HEX_LENGTH = 64;

  private final AuditHmac hmac;
  private final long from;
  private final long to;
  private final byte[] computed = new byte[HEX_LENGTH];
  private final byte[] previous = new byte[HEX_LENGTH];
  private final int[] start = new int[COLUMNS];
  private final int[] length = new int[COLUMNS];
  private byte[] row = new byte[4096];
  private long expectedId;
  private long rows;
  private long mistakes;
  private ChainMistake first;
  private long last;
  private long wrongHmacs;

  /**
   * What a segment found.
   *
   * @param first null when nothing is wrong
   * @param last the highest id that is wrong; 0 when nothing is
   * @param wrongHmacs how many events' content does not give their HMAC
   */
  record Found(long rows, long mistakes, ChainMistake first, long last, long wrongHmacs) {
    /** Every event up to some id has the wrong HMAC, and nothing else is wrong. */
    boolean isUnbrokenPrefix() {
      return mistakes > 0 && mistakes == wrongHmacs && wrongHmacs == last;
    }
  }

  /**
   * @param from first id, at least 1; a segment that starts at 1 also sees the rows below
   * @param to last id
   */
  ChainSegment(AuditHmac hmac, long from, long to) {
    this.hmac = hmac;
    this.from = from;
    this.to = to;
    this.expectedId = from;
  }

  Found verify(Connection connection) throws SQLException, InterruptedException {
    byte[] before = hmacBefore(connection).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(before, 0, previous, 0, Math.min(HEX_LENGTH, before.length));
    String query =
        "COPY (SELECT prev_hmac, id, tenant_id, actor, action, created_at, payload, hmac"
            + " FROM audit_events WHERE "
            + (from <= 1 ? "" : "id >= " + from + " AND ")
            + "id <= "
            + to
            + " ORDER BY id) TO STDOUT (FORMAT binary)";
    try (PGCopyInputStream in =
        new PGCopyInputStream(connection.unwrap(PGConnection.class), query)) {
      byte[] data;
      boolean header = true;
      while ((data = in.readFromCopy()) != null) {
        if (Thread.interrupted()) {
          in.cancelCopy();
          throw new InterruptedException("the walk over the audit chain was interrupted");
        }
        row = data;
        int at = header ? skipHeader() : 0;
        header = false;
        if (at < row.length) {
          row(at);
        }
      }
    } catch (IOException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw cause;
      }
      throw new SQLException("the audit events cannot be read: " + e.getMessage(), "08P01", e);
    }
    if (expectedId <= to) {
      mistake(expectedId, ChainMistake.Kind.MISSING_ID, missing(expectedId, to));
    }
    return new Found(rows, mistakes, first, last, wrongHmacs);
  }

  private String hmacBefore(Connection connection) throws SQLException {
    if (from <= 1) {
      return AuditHmac.GENESIS;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT hmac FROM audit_events WHERE id < ? ORDER BY id DESC LIMIT 1")) {
      statement.setLong(1, from);
      try (ResultSet found = statement.executeQuery()) {
        String hmacBefore = found.next() ? found.getString(1) : null;
        return hmacBefore == null ? "" : hmacBefore;
      }
    }
  }

  private int skipHeader() throws IOException {
    if (row.length < SIGNATURE.length + 8
        || !Arrays.equals(row, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
      throw new IOException("the server's answer to COPY is not in its binary format");
    }
    return SIGNATURE.length + 8 + ByteBuffer.wrap(row).getInt(SIGNATURE.length + 4);
  }

  private void row(int at) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(row);
    buffer.position(at);
    short columns = buffer.getShort();
    if (columns == -1) {
      return;
    }
    if (columns != COLUMNS) {
      throw new IOException("a row with " + columns + " columns where " + COLUMNS + " belong");
    }
    boolean whole = true;
    for (int i = 0; i < COLUMNS; i++) {
      length[i] = buffer.getInt();
      start[i] = buffer.position();
      if (length[i] < 0) {
        whole = false;
      } else {
        buffer.position(start[i] + length[i]);
      }
    }
    rows++;
    long id = buffer.getLong(start[1]);
    if (id < expectedId) {
      mistake(id, ChainMistake.Kind.UNEXPECTED_ID, "ids start at 1 and each is there once");
    } else if (id > expectedId) {
      mistake(expectedId, ChainMistake.Kind.MISSING_ID, missing(expectedId, id - 1));
    }
    expectedId = Math.max(expectedId, id + 1);
    if (!whole || length[2] != 4 || length[5] != 8 || length[6] < 1 || length[7] != HEX_LENGTH) {
      mistake(id, ChainMistake.Kind.UNREADABLE, "a column is empty or not of an audit event");
      Arrays.fill(previous, (byte) 0);
      return;
    }
    check(buffer, id);
  }

  private void check(ByteBuffer buffer, long id) {
    hmac.update(row, start[0], length[0]);
    hmac.separator();
    hmac.number(id);
    hmac.separator();
    hmac.number(buffer.getInt(start[2]));
    hmac.separator();
    hmac.update(row, start[3], length[3]);
    hmac.separator();
    hmac.update(row, start[4], length[4]);
    hmac.separator();
    hmac.number(buffer.getLong(start[5]) + POSTGRES_EPOCH_MICROS);
    hmac.separator();
    // The first byte of a jsonb value on the wire is the version of its format.
    hmac.update(row, start[6] + 1, length[6] - 1);
    hmac.finish(computed);
    if (!same(computed, 7)) {
      mistake(id, ChainMistake.Kind.BAD_HMAC, "its content does not give its HMAC");
    }
    if (!same(previous, 0)) {
      mistake(id, ChainMistake.Kind.BAD_LINK, "it does not follow the event before it");
    }
    System.arraycopy(row, start[7], previous, 0, HEX_LENGTH);
  }

  private boolean same(byte[] hex, int column) {
    return length[column] == HEX_LENGTH
        && Arrays.equals(hex, 0, HEX_LENGTH, row, start[column], start[column] + HEX_LENGTH);
  }

  private static String missing(long firstMissing, long lastMissing) {
    return firstMissing == lastMissing
        ? "no such event"
        : "no events " + firstMissing + " to " + lastMissing;
  }

  private void mistake(long id, ChainMistake.Kind kind, String text) {
    mistakes++;
    last = Math.max(last, id);
    wrongHmacs += kind == ChainMistake.Kind.BAD_HMAC ? 1 : 0;
    if (first == null || id < first.id()) {
      first = new ChainMistake(id, kind, text);
    }
  }
}
