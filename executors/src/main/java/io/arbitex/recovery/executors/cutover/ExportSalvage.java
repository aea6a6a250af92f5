package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.salvage.Salvage;
import io.arbitex.recovery.executors.salvage.SalvageFolder;
import io.arbitex.recovery.executors.salvage.SalvageManifest;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a living source took after the restore point is written to a file before the platform leaves
 * it, and what was rewritten in it to a second one. After the fence nobody writes any more, so it
 * is all there is. Before the point of no return, so that a failure gives everything back.
 */
final class ExportSalvage extends BoundAction {
  /** Of one answer of a server; a page of events takes less on any disk that works. */
  private static final Duration ANSWER = Duration.ofMinutes(1);

  /** The platform is down meanwhile, and this is evidence only. */
  private static final Duration COMPARE = Duration.ofMinutes(2);

  private final CutoverSettings settings;
  private final SalvageSource source;

  ExportSalvage(CutoverSettings settings) {
    super(
        "export-salvage",
        "export what the source holds beyond the restore point",
        true,
        Duration.ofHours(2),
        RetryPolicy.upTo(4, Duration.ofMillis(500), Duration.ofSeconds(10)));
    this.settings = settings;
    this.source = new SalvageSource(settings);
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<Path> configured = settings.postgresql().salvage();
    if (configured.isEmpty() || CutoverSettings.alreadyCutOver(context)) {
      return Look.alreadySo();
    }
    SalvageFolder folder = new SalvageFolder(configured.get());
    Optional<IOException> unreadable = Optional.empty();
    try {
      Optional<SalvageManifest> found = folder.find(context.command());
      if (found.isPresent()) {
        return Look.alreadySo(facts(folder, found.get()));
      }
    } catch (IOException e) {
      unreadable = Optional.of(e);
    }
    Optional<String> away = source.away(context);
    if (away.isPresent()) {
      // No folder stops a recovery from a server that is gone.
      return Look.alreadySo(Map.of(CutoverFacts.SALVAGE_FILE, "none: " + away.get()));
    }
    if (unreadable.isPresent()) {
      throw failure(folder, unreadable.get());
    }
    return Look.notYet("nothing was exported yet");
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    CutoverSettings.Source from = settings.source(context);
    MarkedDatabase target = settings.target(context);
    SalvageFolder folder = new SalvageFolder(settings.postgresql().salvage().orElseThrow());
    try (Connection inSource = from.door().open(from.database(), ANSWER);
        Connection inTarget = target.door().open(target.name(), ANSWER)) {
      new Salvage(folder, settings.auditKey(), COMPARE)
          .export(
              context,
              new Salvage.Between(
                  context.required(CutoverFacts.SOURCE_RESOURCE),
                  inSource,
                  target.door().server().name() + "/" + target.name(),
                  inTarget,
                  Long.parseLong(context.required(CutoverFacts.AUDIT_HEAD))));
    } catch (SQLException e) {
      throw DatabaseFailures.of("export what the source holds beyond the restore point", e);
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  private static Map<String, String> facts(SalvageFolder folder, SalvageManifest found) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(CutoverFacts.SALVAGE_FILE, folder.path().resolve(found.events().file()).toString());
    facts.put(CutoverFacts.SALVAGE_EVENTS, Long.toString(found.events().count()));
    facts.put(
        CutoverFacts.SALVAGE_REWRITTEN,
        found.rewrittenCount()
            + (found.compared() < found.restoredHead()
                ? ", of the events up to " + found.compared()
                : ""));
    if (found.unreadable() > 0) {
      facts.put(
          CutoverFacts.SALVAGE_UNREADABLE,
          found.unreadable() + (found.complete() ? "" : ", and the rest was not tried"));
    }
    return facts;
  }

  private static ActionFailure failure(SalvageFolder folder, IOException error) {
    return new ActionFailure(
        FailureCode.TOOL_FAILED,
        "what the source holds beyond the restore point cannot be exported: " + error,
        "See to "
            + folder.path()
            + ": space, rights, mount; then dr retry. The old server still"
            + " has it all.",
        true,
        error);
  }
}
