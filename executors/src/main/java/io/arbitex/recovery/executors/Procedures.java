package io.arbitex.recovery.executors;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.cutover.CutoverProcedure;
import io.arbitex.recovery.executors.cutover.CutoverSettings;
import io.arbitex.recovery.executors.notify.SlackProcedure;
import io.arbitex.recovery.executors.postgresql.DumpProcedure;
import io.arbitex.recovery.executors.postgresql.DumpSource;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Worker;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Which procedure a command names, with what the inventory and the policy say about its target. */
public final class Procedures {
  /** Workers that this binary has procedures for. */
  public static final Set<Worker> WORKERS =
      Set.of(Worker.POSTGRESQL, Worker.CUTOVER, Worker.NOTIFY);

  /** The newest known binding of a component. */
  @FunctionalInterface
  public interface KnownBindings {
    Optional<CutoverSettings.Bound> of(String platform, String component);
  }

  private final Inventory inventory;
  private final Policy policy;
  private final KnownBindings bindings;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  public Procedures(Inventory inventory, Policy policy, KnownBindings bindings, Clock clock) {
    this.inventory = inventory;
    this.policy = policy;
    this.bindings = bindings;
    this.clock = clock;
  }

  /**
   * The procedure of a command; empty when no worker of this binary has one of that name. A known
   * procedure for something that the configuration does not have is one that fails in its preflight
   * and says why.
   */
  public Optional<Procedure> of(StepCommand command) {
    return switch (command.getProcedure()) {
      case DumpProcedure.NAME -> Optional.of(dump(command));
      case CutoverProcedure.NAME -> Optional.of(cutover(command));
      case SlackProcedure.NAME -> Optional.of(slack(command));
      default -> Optional.empty();
    };
  }

  private Procedure dump(StepCommand command) {
    Optional<Inventory.Platform> platform = inventory.platform(command.getPlatform());
    return postgresql(command)
        .map(
            found ->
                DumpProcedure.of(
                    new DumpSource(
                        command.getPlatform(),
                        command.getComponent(),
                        found,
                        platform.orElseThrow().endpoints().auditKey(),
                        rpo(command),
                        policy.procedures().dump(),
                        clock)))
        .orElseGet(() -> MissingTarget.procedure(command, "PostgreSQL component of the inventory"));
  }

  private Procedure cutover(StepCommand command) {
    Optional<Inventory.Platform> platform = inventory.platform(command.getPlatform());
    return postgresql(command)
        .map(
            found ->
                CutoverProcedure.of(
                    new CutoverSettings(
                        platform.orElseThrow(),
                        found,
                        () -> bindings.of(command.getPlatform(), command.getComponent()),
                        random)))
        .orElseGet(() -> MissingTarget.procedure(command, "PostgreSQL component of the inventory"));
  }

  private Procedure slack(StepCommand command) {
    String name = Facts.find(command.getParameters(), "channel").orElse("");
    return policy.channels().stream()
        .filter(channel -> channel.name().equals(name) && channel.kind() == Channel.Kind.SLACK)
        .findFirst()
        .map(channel -> SlackProcedure.of(channel, http))
        .orElseGet(
            () -> MissingTarget.procedure(command, "Slack channel '" + name + "' of the policy"));
  }

  private Optional<Inventory.Postgresql> postgresql(StepCommand command) {
    return inventory
        .platform(command.getPlatform())
        .flatMap(platform -> platform.component(command.getComponent()))
        .flatMap(Inventory.Component::postgresql);
  }

  private Duration rpo(StepCommand command) {
    return policy.severities().containsKey(command.getSeverity().name())
        ? policy.targets(command.getSeverity().name()).rpo()
        : policy.targets("P1").rpo();
  }
}
