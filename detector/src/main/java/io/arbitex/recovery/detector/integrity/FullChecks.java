package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.Checkpoint;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.FullCheck;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.runtime.Bindings;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one full check of the bound database, twice where something is wrong. */
final class FullChecks {
  private static final Logger log = LoggerFactory.getLogger(FullChecks.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Place place;
  private final FullCheck check;
  private final AuditKey key;
  private final Checkpoints checkpoints;
  private final Duration limit;
  private final ScheduledExecutorService ends;

  /** Who checks what. */
  record Place(String platform, String component, String observer) {}

  FullChecks(
      Place place,
      FullCheck check,
      AuditKey key,
      Checkpoints checkpoints,
      Duration limit,
      ScheduledExecutorService ends) {
    this.place = place;
    this.check = check;
    this.key = key;
    this.checkpoints = checkpoints;
    this.limit = limit;
    this.ends = ends;
  }

  /**
   * Checks, and writes down what was found.
   *
   * @return the signed checkpoint when everything is as it was
   * @throws IOException when it could not be made, or nobody can say what it means: then what was
   *     found before stays
   * @throws SQLException likewise
   */
  Optional<Baseline> make(Bindings.Database bound, KnownDatabase known)
      throws InterruptedException, IOException, SQLException {
    Optional<byte[]> readable = key.read();
    if (readable.isEmpty()) {
      throw new IOException("the audit key cannot be read");
    }
    byte[] auditKey = readable.get();
    if (known.checkpoint().isEmpty()) {
      lastOf(bound, auditKey).ifPresent(known::proven);
    }
    FullCheck.Verdict verdict = look(bound, known, auditKey);
    if (verdict.symptom() != Symptom.NONE) {
      // A migration or a swap of tables that ended meanwhile is no loss.
      log.info(
          "a full check of {}/{} found: {}; looking again",
          place.platform(),
          place.component(),
          verdict.detail());
      verdict = look(bound, known, auditKey);
    }
    if (verdict.symptom() == Symptom.UNCLASSIFIED) {
      throw new IOException("nobody can say whether the data is whole: " + verdict.detail());
    }
    String detail = verdict.detail();
    Symptom symptom = verdict.symptom();
    known.byFullCheck(
        symptom == Symptom.NONE ? Optional.empty() : Optional.of(new Finding(symptom, detail)));
    return verdict
        .proven()
        .map(proven -> Checkpoint.sign(proven, bound.resource(), bound.epoch(), auditKey));
  }

  /** Of another database or epoch it says nothing: a restore may rightly have brought less. */
  private Optional<Baseline> lastOf(Bindings.Database bound, byte[] auditKey) throws IOException {
    return checkpoints.newest(
        place.platform(),
        each ->
            each.getResource().equals(bound.resource())
                && each.getBindingEpoch() == bound.epoch()
                && Checkpoint.verified(each, place.platform(), place.component(), auditKey)
                    .isPresent());
  }

  private FullCheck.Verdict look(Bindings.Database bound, KnownDatabase known, byte[] auditKey)
      throws SQLException, IOException, InterruptedException {
    DatabaseAddress address = DatabaseAddress.of(bound.server(), bound.database());
    List<ChainAnchor> seen = known.seen().stream().toList();
    try (Connection connection = address.connect("recovery-integrity", CONNECT, limit)) {
      // The server's own limit ends what runs there; this one a server that says nothing any more.
      ScheduledFuture<?> end =
          ends.schedule(() -> abort(connection), limit.toMillis(), TimeUnit.MILLISECONDS);
      try {
        return check.run(connection, place.observer(), auditKey, known.checkpoint(), seen, limit);
      } catch (SQLException e) {
        if (end.isDone()) {
          throw new IOException("it did not end within " + limit, e);
        }
        throw e;
      } finally {
        end.cancel(false);
      }
    } catch (SQLException e) {
      PostgresErrors.Diagnosis diagnosis = PostgresErrors.diagnose(e);
      if (diagnosis.symptom() == Symptom.CORRUPT) {
        return FullCheck.Verdict.of(
            Symptom.CORRUPT,
            "its data cannot be read: %s (%s)".formatted(diagnosis.message(), diagnosis.code()));
      }
      throw e;
    }
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      log.warn("a full check that is too slow cannot be called off", e);
    }
  }
}
