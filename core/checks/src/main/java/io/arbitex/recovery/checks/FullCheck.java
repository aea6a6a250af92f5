package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.record.TableCount;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Proves a live database whole, in one session and one snapshot: its audit chain from the first
 * event to the last, against what was known of it before, and that its critical tables have the
 * rows that they had. It reads only.
 */
public final class FullCheck {
  private final BaselineReader reader;
  private final Set<String> needed;
  private final Map<String, Double> keeps;

  /**
   * @param keeps share of its rows that a critical table must have kept since the checkpoint, 0 to
   *     1, by table; 0.9 for the others
   */
  public FullCheck(
      String platform,
      String component,
      List<String> criticalTables,
      Map<String, Double> keeps,
      Clock clock) {
    this.reader = new BaselineReader(platform, component, criticalTables, clock);
    this.needed = new LinkedHashSet<>(criticalTables);
    needed.add("audit_events");
    needed.add("alembic_version");
    this.keeps = Map.copyOf(keeps);
  }

  /**
   * What a check found.
   *
   * @param proven what was true, when nothing is wrong; its {@code takenAt} is the server's clock,
   *     read after the snapshot, so that all that is in it was committed before
   * @param symptom NONE when proven, CORRUPT, DATA_MISSING, or UNCLASSIFIED when it cannot be said
   *     whether something is wrong
   * @param detail what is wrong, in one line
   */
  public record Verdict(Optional<Baseline> proven, Symptom symptom, String detail) {
    /** Without a proof. */
    public static Verdict of(Symptom symptom, String detail) {
      return new Verdict(Optional.empty(), symptom, detail);
    }
  }

  /**
   * Checks.
   *
   * @param connection without an open transaction; whoever opened it closes it
   * @param source who asks, for the baseline
   * @param key the platform's audit key
   * @param checkpoint the last moment that was proven of this database, believed
   * @param seen further events that are known to have been there, verified with the key
   * @param limit for each statement, on the server
   * @throws SQLException when it could not be done: nothing is proven, and nothing is wrong
   */
  public Verdict run(
      Connection connection,
      String source,
      byte[] key,
      Optional<Baseline> checkpoint,
      List<ChainAnchor> seen,
      Duration limit)
      throws SQLException, InterruptedException {
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL statement_timeout = " + limit.toMillis());
      // The snapshot first, the clock in a second statement: a commit that the snapshot holds has
      // its time before the clock's.
      statement.execute("SELECT pg_current_snapshot()");
      Instant takenAt = clock(statement);
      List<String> gone = gone(connection);
      if (!gone.isEmpty()) {
        return missing(gone, checkpoint);
      }
      Baseline measured = reader.measure(statement, source, takenAt);
      List<String> wrong = new ArrayList<>();
      checkpoint.ifPresent(before -> wrong.addAll(RowLoss.between(before, measured, keeps)));
      Symptom symptom = wrong.isEmpty() ? Symptom.NONE : Symptom.DATA_MISSING;
      List<ChainAnchor> anchors = new ArrayList<>(seen);
      checkpoint.map(ChainAnchor::of).ifPresent(anchors::add);
      long headId = measured.getAuditHeadId();
      ChainSegment.Found walked =
          new ChainSegment(new AuditHmac(key), 1, headId).verify(connection);
      ChainVerdict chain = against(connection, measured, walked, anchors);
      if (!chain.valid()) {
        // Only what this key was seen to fit before can show that the events are others now.
        boolean keyFits =
            anchors.stream()
                .anyMatch(anchor -> anchor.headId() > 0 && anchor.headId() <= walked.last());
        if (!keyFits && walked.isUnbrokenPrefix()) {
          return Verdict.of(
              Symptom.UNCLASSIFIED,
              "no event up to %d of %d fits the audit key, and no checkpoint does: the key is another one than it was then"
                  .formatted(walked.last(), walked.rows()));
        }
        wrong.add(said(chain));
        symptom = symptom == Symptom.NONE ? Symptom.CORRUPT : symptom;
      }
      return wrong.isEmpty()
          ? new Verdict(Optional.of(measured), Symptom.NONE, "")
          : Verdict.of(symptom, String.join("; ", wrong));
    } finally {
      rollBack(connection);
    }
  }

  /** A connection that broke has no transaction any more, and why it broke is what matters. */
  private static void rollBack(Connection connection) throws SQLException {
    if (!connection.isClosed()) {
      connection.rollback();
    }
  }

  private static Instant clock(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  private List<String> gone(Connection connection) throws SQLException {
    List<String> gone = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT to_regclass(?) IS NULL")) {
      for (String table : needed) {
        statement.setString(1, BaselineReader.quoted(table));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          if (row.getBoolean(1)) {
            gone.add(table);
          }
        }
      }
    }
    return gone;
  }

  /** A table that no checkpoint knows may never have been there: a name may be misspelt. */
  private static Verdict missing(List<String> gone, Optional<Baseline> checkpoint) {
    List<String> lost = gone.stream().filter(table -> knew(checkpoint, table)).toList();
    return lost.isEmpty()
        ? Verdict.of(
            Symptom.UNCLASSIFIED,
            "no table " + String.join(", ", gone) + ", and no checkpoint knows it")
        : Verdict.of(Symptom.DATA_MISSING, "the table " + String.join(", ", lost) + " is gone");
  }

  private static boolean knew(Optional<Baseline> checkpoint, String table) {
    return checkpoint
        .filter(
            before ->
                table.equals("audit_events")
                    || table.equals("alembic_version")
                    || before.getCounts().stream()
                        .map(TableCount::getTable)
                        .anyMatch(table::equals))
        .isPresent();
  }

  private static ChainVerdict against(
      Connection connection, Baseline measured, ChainSegment.Found found, List<ChainAnchor> anchors)
      throws SQLException {
    long headId = measured.getAuditHeadId();
    long mistakes = found.mistakes();
    Optional<ChainMistake> first = Optional.ofNullable(found.first());
    for (ChainAnchor anchor : anchors) {
      Optional<ChainMistake> off = AuditChain.against(connection, anchor, headId);
      mistakes += off.isPresent() ? 1 : 0;
      first = first.or(() -> off);
    }
    return new ChainVerdict(found.rows(), headId, measured.getAuditHeadHmac(), mistakes, first);
  }

  private static String said(ChainVerdict chain) {
    return "%d mistakes in the audit chain of %d events, the first %s"
        .formatted(
            chain.mistakes(), chain.rows(), chain.firstMistake().map(Object::toString).orElse(""));
  }
}
