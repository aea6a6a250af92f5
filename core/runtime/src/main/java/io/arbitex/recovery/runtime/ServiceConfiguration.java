package io.arbitex.recovery.runtime;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.configuration.Problem;
import io.arbitex.recovery.configuration.Section;
import io.arbitex.recovery.configuration.YamlDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The configuration of one service process: its own file, and the inventory and policy that it
 * names.
 *
 * @param name of this process, unique among its kind; it stands in records as owner or observer
 * @param httpPort of the health and metrics page
 * @param killSwitch what stops every change to the world
 * @param own what only this kind of service has
 */
public record ServiceConfiguration<T>(
    String name,
    KafkaSettings kafka,
    Inventory inventory,
    Policy policy,
    HttpPort httpPort,
    KillSwitch killSwitch,
    Optional<Path> stateFolder,
    T own) {

  private record Own<T>(
      String name,
      KafkaSettings kafka,
      Path inventory,
      Path policy,
      HttpPort httpPort,
      KillSwitch killSwitch,
      Optional<Path> stateFolder,
      T own) {}

  /**
   * Reads a service's file and the two it names.
   *
   * @param ownFields reads the fields that only this kind of service has
   * @throws InvalidConfiguration with every mistake in all three files
   */
  public static <T> ServiceConfiguration<T> read(Path file, Function<Section, T> ownFields)
      throws InvalidConfiguration {
    Own<T> own =
        YamlDocument.read(
            file,
            root ->
                new Own<>(
                    root.name("name"),
                    KafkaSettings.read(root.requiredSection("kafka")),
                    root.path("inventory"),
                    root.path("policy"),
                    HttpPort.read(root.section("http")),
                    KillSwitch.read(root, "killSwitch"),
                    root.has("stateFolder")
                        ? Optional.of(root.path("stateFolder"))
                        : Optional.empty(),
                    ownFields.apply(root)));
    List<Problem> problems = new ArrayList<>();
    Inventory inventory = null;
    Policy policy = null;
    try {
      inventory = Inventory.read(own.inventory());
    } catch (InvalidConfiguration e) {
      problems.addAll(e.problems());
    }
    try {
      policy = Policy.read(own.policy());
    } catch (InvalidConfiguration e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfiguration(problems);
    }
    return new ServiceConfiguration<>(
        own.name(),
        own.kafka(),
        inventory,
        policy,
        own.httpPort(),
        own.killSwitch()
            .knowing(
                inventory.platforms().stream()
                    .map(Inventory.Platform::name)
                    .collect(Collectors.toSet())),
        own.stateFolder(),
        own.own());
  }
}
