package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.Action;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.executors.writers.AwaitWriters;
import io.arbitex.recovery.executors.writers.CheckWriters;
import io.arbitex.recovery.executors.writers.ResumeWriters;
import io.arbitex.recovery.executors.writers.StartWriters;
import io.arbitex.recovery.executors.writers.StopWriters;
import io.arbitex.recovery.executors.writers.Writers;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.schemas.Facts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code cutover.database}: see the package. */
public final class CutoverProcedure {
  public static final String NAME = "cutover.database";

  private CutoverProcedure() {}

  public static Procedure of(CutoverSettings settings) {
    Procedure.Builder procedure =
        settings
            .writers()
            .map(writers -> withWriters(settings, writers))
            .orElseGet(() -> following(settings));
    return procedure
        .publishing((command, facts, at) -> binding(settings, command, facts, at))
        .build();
  }

  /** The platform follows its secret by itself, so the switch opens the traffic. */
  private static Procedure.Builder following(CutoverSettings settings) {
    return Procedure.named(NAME)
        .action(new CheckTarget(settings))
        .actions(checks(settings))
        .action(new RecheckSource(settings))
        .action(new CheckSalvage(settings))
        .action(new FenceSource(settings))
        .action(new ExportSalvage(settings))
        .action(new OpenTarget(settings))
        .pointOfNoReturn(new SwitchSecret(settings))
        .actions(dns(settings))
        .action(new FollowPlatform(settings))
        .onFailure(new CloseTarget(settings))
        .onFailure(new LiftFence(settings));
  }

  /** Nothing writes from before the fence until the start, so all before that can be undone. */
  private static Procedure.Builder withWriters(CutoverSettings settings, Writers writers) {
    return Procedure.named(NAME)
        .action(new CheckTarget(settings))
        .actions(checks(settings))
        .action(new CheckWriters(writers))
        .action(new TakeOver(settings, writers))
        .action(new RecheckSource(settings))
        .action(new CheckSalvage(settings))
        .action(new StopWriters(writers, CutoverSettings::alreadyCutOver))
        .action(new FenceSource(settings))
        .action(new ExportSalvage(settings))
        .action(new OpenTarget(settings))
        .action(new SwitchSecret(settings))
        .actions(dns(settings))
        .pointOfNoReturn(
            new StartWriters(
                writers, new TrafficOpening(settings), CutoverSettings::alreadyCutOver))
        .action(new AwaitWriters(writers))
        .action(new FollowPlatform(settings))
        .onFailure(new PutBackSecret(settings))
        .onFailure(
            settings.record().map(record -> new PutBackDns(settings, record)).stream().toList())
        .onFailure(new CloseTarget(settings))
        .onFailure(new LiftFence(settings))
        .onFailure(new ResumeWriters(writers, settings::refuseIfSwitched));
  }

  private static List<Action> checks(CutoverSettings settings) {
    return settings.vault().<Action>map(CheckVault::new).stream().toList();
  }

  private static List<Action> dns(CutoverSettings settings) {
    return settings.record().<Action>map(each -> new SwitchDns(settings, each)).stream().toList();
  }

  /** Where an earlier attempt has bound the target already, its epoch is told again. */
  private static long epoch(Map<String, String> facts) {
    String again = facts.get(CutoverFacts.CUT_OVER_EPOCH);
    return again == null
        ? Long.parseLong(facts.get(CutoverFacts.SOURCE_EPOCH)) + 1
        : Long.parseLong(again);
  }

  /**
   * What the component was before, so that a repeated attempt, and whoever retires it, still find a
   * server that a recovery had made.
   */
  private static Map<String, String> previous(
      CutoverSettings settings, Map<String, String> facts, String resource) {
    Optional<Bound> bound = settings.bound().get();
    String source = facts.get(CutoverFacts.SOURCE_RESOURCE);
    boolean again = bound.filter(found -> found.resource().equals(resource)).isPresent();
    if (again && source.equals(resource)) {
      // The command was made when the target was the component already.
      source = bound.get().facts().getOrDefault(Bindings.PREVIOUS, source);
    }
    Map<String, String> previous = new LinkedHashMap<>();
    previous.put(Bindings.PREVIOUS, source);
    bound
        .flatMap(found -> found.placeOf(previous.get(Bindings.PREVIOUS)))
        .ifPresent(
            place ->
                place.forEach(
                    (name, value) -> previous.put(Bindings.PREVIOUS + "-" + name, value)));
    return previous;
  }

  private static Binding binding(
      CutoverSettings settings, StepCommand command, Map<String, String> facts, Instant at) {
    var server = settings.targetServer(facts);
    String database = facts.get(CutoverFacts.DATABASE);
    Map<String, String> bound = new LinkedHashMap<>();
    bound.put("server", server.name());
    bound.put(Bindings.HOST, server.host());
    bound.put(Bindings.PORT, Integer.toString(server.port()));
    bound.put("database", database);
    Optional.ofNullable(facts.get(RestoreFacts.SERVER_LIKE))
        .ifPresent(like -> bound.put(Bindings.LIKE, like));
    bound.putAll(previous(settings, facts, server.name() + "/" + database));
    return Binding.newBuilder()
        .setPlatform(command.getPlatform())
        .setComponent(command.getComponent())
        .setResource(server.name() + "/" + database)
        .setEpoch(epoch(facts))
        .setFacts(Facts.of(bound))
        .setIncidentId(command.getIncidentId())
        .setCommandId(command.getCommandId())
        .setAt(at)
        .build();
  }
}
