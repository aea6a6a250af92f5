package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code cutover.database}: see the package. */
public final class CutoverProcedure {
  public static final String NAME = "cutover.database";

  private CutoverProcedure() {}

  public static Procedure of(CutoverSettings settings) {
    return Procedure.named(NAME)
        .action(new CheckTarget(settings))
        .action(new RecheckSource(settings))
        .action(new FenceSource(settings))
        .action(new OpenTarget(settings))
        .pointOfNoReturn(new SwitchSecret(settings))
        .action(new FollowPlatform(settings))
        .onFailure(new CloseTarget(settings))
        .onFailure(new LiftFence(settings))
        .publishing((command, facts, at) -> binding(settings, command, facts, at))
        .build();
  }

  /** Where an earlier attempt has bound the target already, its epoch is told again. */
  private static long epoch(Map<String, String> facts) {
    String again = facts.get(CutoverFacts.CUT_OVER_EPOCH);
    return again == null
        ? Long.parseLong(facts.get(CutoverFacts.SOURCE_EPOCH)) + 1
        : Long.parseLong(again);
  }

  private static Binding binding(
      CutoverSettings settings, StepCommand command, Map<String, String> facts, Instant at) {
    var server = settings.server(facts.get(CutoverFacts.SERVER));
    String database = facts.get(CutoverFacts.DATABASE);
    Map<String, String> bound = new LinkedHashMap<>();
    bound.put("server", server.name());
    bound.put("host", server.host());
    bound.put("port", Integer.toString(server.port()));
    bound.put("database", database);
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
