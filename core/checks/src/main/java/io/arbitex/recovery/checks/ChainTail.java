package io.arbitex.recovery.checks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * Follows the audit chain as it grows: what came since the last look is verified, and the newest
 * event of that look must still be there. What was rewritten long before is not seen; {@link
 * FullCheck} is for that.
 */
public final class ChainTail {
  /** Events before the last one known that are verified again each time. */
  private static final long AGAIN = 100;

  private ChainTail() {}

  /**
   * What a look found.
   *
   * @param seen how far the chain is verified now; as before when there is a mistake
   */
  public record Step(ChainAnchor seen, Optional<ChainMistake> mistake) {}

  /**
   * The newest event, to begin with. Empty when its HMAC does not fit the key: then the key may be
   * another one, and nothing can be said of events by it.
   *
   * @param connection in one snapshot
   * @param key the platform's audit key
   */
  public static Optional<ChainAnchor> begin(Connection connection, byte[] key)
      throws SQLException, InterruptedException {
    ChainAnchor head = head(connection);
    if (head.headId() == 0) {
      return Optional.of(head);
    }
    ChainSegment.Found found =
        new ChainSegment(new AuditHmac(key), head.headId(), head.headId()).verify(connection);
    return found.mistakes() == 0 ? Optional.of(head) : Optional.empty();
  }

  /**
   * Verifies what came since.
   *
   * @param connection in one snapshot
   * @param began the event with which it was begun; of those before it nobody knows by which key
   *     they were made
   * @param most events that are verified at once, at least 1; the others are the next look's
   * @throws SQLException when the events cannot be read: nothing is proven then
   */
  public static Step advance(
      Connection connection, byte[] key, ChainAnchor seen, long began, int most)
      throws SQLException, InterruptedException {
    ChainAnchor head = head(connection);
    Optional<ChainMistake> off = AuditChain.against(connection, seen, head.headId());
    if (off.isPresent()) {
      return new Step(seen, off);
    }
    long to = Math.min(head.headId(), seen.headId() + most);
    long from = Math.max(Math.max(1, began), seen.headId() - AGAIN + 1);
    if (to < from) {
      return new Step(head, Optional.empty());
    }
    ChainSegment.Found found = new ChainSegment(new AuditHmac(key), from, to).verify(connection);
    return found.mistakes() > 0
        ? new Step(seen, Optional.of(found.first()))
        : new Step(to == head.headId() ? head : at(connection, to), Optional.empty());
  }

  private static ChainAnchor head(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id, hmac FROM audit_events ORDER BY id DESC LIMIT 1")) {
      // Ids have no gaps, so the head's id is the count too.
      return row.next()
          ? new ChainAnchor(row.getLong(1), row.getLong(1), row.getString(2))
          : new ChainAnchor(0, 0, AuditHmac.GENESIS);
    }
  }

  private static ChainAnchor at(Connection connection, long id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT hmac FROM audit_events WHERE id = ?")) {
      statement.setLong(1, id);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new ChainAnchor(id, id, row.getString(1));
      }
    }
  }
}
