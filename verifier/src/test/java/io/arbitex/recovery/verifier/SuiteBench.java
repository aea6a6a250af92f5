package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.ValidationOutcome;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Runs the verifier's suite without Kafka; restore points are known by their manifests alone. */
public final class SuiteBench {
  private final Suite suite;

  public SuiteBench(Inventory inventory) {
    this.suite =
        new Suite(
            inventory,
            (platform, folders, id) ->
                RestorePointManifest.list(folders).restorePoints().stream()
                    .map(RestorePointManifest.Found::point)
                    .filter(
                        point -> point.getId().equals(id) && point.getPlatform().equals(platform))
                    .findFirst(),
            (command, platform, component) -> Optional.empty(),
            2,
            Clock.systemUTC());
  }

  /** The outcomes of all checks, the verdict last. */
  public List<ValidationOutcome> run(StepCommand command) throws InterruptedException {
    return suite.run(command).outcomes();
  }
}
