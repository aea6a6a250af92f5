package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.executors.salvage.SalvageFolder;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Preflight: what the source holds beyond the restore point could be exported. Not asked of a
 * source that is away: there is nothing to export, and a folder must not stop that recovery.
 */
final class CheckSalvage extends BoundAction {
  /** About how much gzip makes of events, whose HMACs it cannot make smaller. */
  private static final double PACKED = 0.5;

  private static final String TAIL_BYTES =
      "SELECT (greatest(0, max(id) - ?::bigint)::numeric * pg_table_size('audit_events')"
          + " / greatest(1, max(id)))::bigint::text FROM audit_events";

  private final CutoverSettings settings;
  private final SalvageSource source;

  CheckSalvage(CutoverSettings settings) {
    super(
        "check-salvage",
        "check that what the source holds beyond the restore point could be exported",
        false,
        Duration.ofMinutes(2),
        RetryPolicy.upTo(5, Duration.ofMillis(500), Duration.ofSeconds(5)));
    this.settings = settings;
    this.source = new SalvageSource(settings);
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<Path> folder = settings.postgresql().salvage();
    if (folder.isEmpty()
        || CutoverSettings.alreadyCutOver(context)
        || source.away(context).isPresent()) {
      return Look.alreadySo();
    }
    try {
      new SalvageFolder(folder.get()).probe(needed(context));
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "what the source holds beyond the restore point could not be exported to "
              + folder.get()
              + ": "
              + e,
          "See to the folder: owner, chmod 700, space, mount. Or take 'salvage' out of the"
              + " inventory, and export from the old server after the cutover.",
          false,
          e);
    }
    return Look.alreadySo();
  }

  private long needed(ActionContext context) throws ActionFailure {
    CutoverSettings.Source from = settings.source(context);
    try (Connection connection = from.door().open(from.database(), AdminDoor.SHORT)) {
      List<String> bytes =
          Sql.column(connection, TAIL_BYTES, context.required(CutoverFacts.AUDIT_HEAD));
      return bytes.get(0) == null ? 0 : (long) (Long.parseLong(bytes.get(0)) * PACKED);
    } catch (SQLException e) {
      // A damaged source may not tell; the export itself reads around the damage.
      context.progress("how much there is to export cannot be told: " + e.getSQLState());
      return 0;
    }
  }
}
