package io.arbitex.recovery.executors.salvage;

import io.arbitex.recovery.checks.AuditHmac;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.StepCommand;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Exports what the source holds and the target does not. */
public final class Salvage {
  private final SalvageFolder folder;
  private final byte[] key;
  private final Duration compare;

  /**
   * @param key the platform's audit key
   * @param compare how long is looked for what was rewritten, at most
   */
  public Salvage(SalvageFolder folder, byte[] key, Duration compare) {
    this.folder = folder;
    this.key = key.clone();
    this.compare = compare;
  }

  /**
   * Whose events are read, and what they are compared with.
   *
   * @param source the resource, and a connection to it in auto-commit
   * @param target the database, and a connection to it in auto-commit
   * @param restoredHead id of the newest event that the restore brought
   */
  public record Between(
      String source, Connection inSource, String target, Connection inTarget, long restoredHead) {}

  /**
   * Writes the files and, last, the manifest; nothing is written to either database.
   *
   * @throws SQLException when an event cannot be read for another reason than its damage
   * @throws IOException when the folder takes no file
   */
  public void export(ActionContext context, Between between)
      throws SQLException, IOException, ActionFailure, InterruptedException {
    StepCommand command = context.command();
    long head = between.restoredHead();
    folder.prepare(command);
    prepare(between.inSource());
    prepare(between.inTarget());
    Pace pace = new Pace(context);
    SourceReader reader = new SourceReader(between.inSource(), new AuditHmac(key), pace);
    try (SalvageFile events = folder.begin(command, "events", context.token());
        SalvageFile rewritten = folder.begin(command, "rewritten", context.token())) {
      // What customers were told is saved first.
      reader.read(head, Long.MAX_VALUE, events::add);
      long compared =
          new Differences(between.inSource(), between.inTarget(), reader, pace)
              .read(head, compare, rewritten::add);
      WrittenEvents saved = events.finish();
      Optional<WrittenEvents> others =
          rewritten.count() == 0 ? Optional.empty() : Optional.of(rewritten.finish());
      folder.finish(
          command,
          new SalvageManifest(
              command.getIncidentId(),
              command.getCommandId(),
              between.source(),
              between.target(),
              context.clock().instant().toString(),
              head,
              compared,
              reader.unreadable(),
              !reader.gaveUp(),
              saved,
              others),
          context.token());
    }
  }

  /** Both servers write moments alike, and the source takes nothing from us. */
  private static void prepare(Connection connection) throws SQLException {
    Sql.run(connection, "SET TIME ZONE 'UTC'");
    Sql.run(connection, "SET DateStyle = 'ISO, YMD'");
    Sql.run(connection, "SET default_transaction_read_only = on");
  }
}
