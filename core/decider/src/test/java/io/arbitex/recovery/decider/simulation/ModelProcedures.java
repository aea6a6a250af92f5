package io.arbitex.recovery.decider.simulation;

import io.arbitex.recovery.engine.Action;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The two procedures of a database recovery, with the shape of the real ones, on the model world.
 */
final class ModelProcedures {
  /** Says how a look or a make goes wrong, or crashes; the simulation's dice. */
  interface Mishaps {
    void before(String action) throws ActionFailure;

    void after(String action);

    boolean badDump(String restorePoint);
  }

  private interface Asking {
    Look ask(ActionContext context) throws ActionFailure;
  }

  private interface Making {
    void make(ActionContext context) throws ActionFailure;
  }

  private final ModelWorld world;
  private final Mishaps mishaps;

  ModelProcedures(ModelWorld world, Mishaps mishaps) {
    this.world = world;
    this.mishaps = mishaps;
  }

  Optional<Procedure> find(String name) {
    return switch (name) {
      case "postgresql.dump" -> Optional.of(dump());
      case "cutover.database" -> Optional.of(cutover());
      default -> Optional.empty();
    };
  }

  private Procedure dump() {
    return Procedure.named("postgresql.dump")
        .action(
            reading(
                "choose",
                context -> {
                  String excluded = context.fact("exclude-restore-points").orElse("");
                  String point = excluded.contains("rp-2") ? "rp-1" : "rp-2";
                  return Look.alreadySo(
                      Map.of("restore-point", point, "database", name(context.command())));
                }))
        .action(
            changing(
                "create",
                context -> so(world.spare.containsKey(context.required("database"))),
                context -> world.create(context.required("database"))))
        .action(
            changing(
                "restore",
                context -> {
                  ModelWorld.Database database = world.spare.get(context.required("database"));
                  return so(database != null && database.restored);
                },
                context -> world.restore(context.required("database"))))
        .action(
            reading(
                "prove",
                context -> {
                  if (mishaps.badDump(context.required("restore-point"))) {
                    throw ActionFailure.permanent(
                        FailureCode.PROOF_FAILED, "the chain is broken", "an older one");
                  }
                  world.spare.get(context.required("database")).proven = true;
                  return Look.alreadySo(Map.of("server", "spare"));
                }))
        .onFailure(
            changing(
                "drop",
                context -> so(!world.spare.containsKey(name(context.command()))),
                context -> world.drop(name(context.command()))))
        .build();
  }

  private Procedure cutover() {
    return Procedure.named("cutover.database")
        .action(
            reading(
                "recheck-source",
                context -> {
                  if (world.primaryUp) {
                    throw ActionFailure.permanent(
                        FailureCode.SOURCE_SOUND, "the source is sound", "keep it");
                  }
                  return Look.alreadySo();
                }))
        .action(
            changing(
                "fence",
                context -> so(!world.primaryUp || world.primaryFenced),
                context -> world.primaryFenced = true))
        .pointOfNoReturn(
            changing(
                "switch-secret",
                context -> so(world.secret.equals(context.required("database"))),
                context -> {
                  if (world.primaryUp && !world.primaryFenced) {
                    throw ActionFailure.permanent(
                        FailureCode.SOURCE_SOUND, "the source came back", "keep it");
                  }
                  if (!world.publish(context.required("database"), context.token())) {
                    throw ActionFailure.permanent(
                        FailureCode.OWNERSHIP_LOST, "the secret has a newer owner", "none");
                  }
                }))
        .action(reading("platform-follows", context -> so(world.platformServes())))
        .onFailure(
            changing(
                "lift-fence",
                context -> so(!world.primaryFenced || !world.secret.equals("primary")),
                context -> world.primaryFenced = false))
        .publishing(ModelProcedures::binding)
        .build();
  }

  private static Binding binding(StepCommand command, Map<String, String> facts, Instant at) {
    return Binding.newBuilder()
        .setPlatform(command.getPlatform())
        .setComponent(command.getComponent())
        .setResource("spare/" + facts.get("database"))
        .setEpoch(Long.parseLong(facts.get("source-epoch")) + 1)
        .setFacts(List.of())
        .setIncidentId(command.getIncidentId())
        .setCommandId(command.getCommandId())
        .setAt(at)
        .build();
  }

  private static String name(StepCommand command) {
    return "db-" + command.getIncidentId() + "-" + command.getAttempt();
  }

  private static Look so(boolean already) {
    return already ? Look.alreadySo() : Look.notYet("not yet");
  }

  private Action reading(String name, Asking asking) {
    return new ModelAction(name, false, asking, context -> {});
  }

  private Action changing(String name, Asking asking, Making making) {
    return new ModelAction(name, true, asking, making);
  }

  private final class ModelAction implements Action {
    private final String name;
    private final boolean changes;
    private final Asking asking;
    private final Making making;

    ModelAction(String name, boolean changes, Asking asking, Making making) {
      this.name = name;
      this.changes = changes;
      this.asking = asking;
      this.making = making;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Duration deadline() {
      return Duration.ofMinutes(5);
    }

    @Override
    public RetryPolicy retry() {
      return RetryPolicy.upTo(20, Duration.ofMillis(200), Duration.ofSeconds(5));
    }

    @Override
    public boolean changesWorld() {
      return changes;
    }

    @Override
    public Look look(ActionContext context) throws ActionFailure {
      mishaps.before(name);
      return asking.ask(context);
    }

    /** As the real one: what the secret says is proof that it was not switched. */
    @Override
    public boolean ruledOut(ActionContext context) {
      return name.equals("switch-secret") && !world.secret.equals(context.required("database"));
    }

    @Override
    public void make(ActionContext context) throws ActionFailure {
      mishaps.before(name);
      making.make(context);
      mishaps.after(name);
    }
  }
}
