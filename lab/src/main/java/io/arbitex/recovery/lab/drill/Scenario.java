package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** In what circumstances the database server is lost, and what is demanded for them besides. */
public enum Scenario {
  /** All is well but for the loss. */
  POSTGRESQL_LOST("postgresql-lost") {
    @Override
    LabOptions world(LabOptions options) {
      return options;
    }

    @Override
    void before(Lab lab, Watcher watcher, Consumer<String> say) {
      // The loss is all that happens.
    }

    @Override
    List<String> failures(Watcher watcher, IncidentRecords records, Instant brokenAt) {
      return List.of();
    }
  },
  /** No observer can see the server, nor the world: only an alert says that it is lost. */
  ALERT_ONLY("alert-only") {
    @Override
    LabOptions world(LabOptions options) {
      return BlindObservers.world(options);
    }

    @Override
    void before(Lab lab, Watcher watcher, Consumer<String> say)
        throws IOException, InterruptedException {
      BlindObservers.blind(lab, watcher, say);
    }

    @Override
    List<String> failures(Watcher watcher, IncidentRecords records, Instant brokenAt) {
      return BlindObservers.failures(watcher, records, brokenAt);
    }
  };

  private final String word;

  Scenario(String word) {
    this.word = word;
  }

  /** Its name on the command line. */
  public String word() {
    return word;
  }

  /** The scenario of that name. */
  static Optional<Scenario> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  /** The names of all. */
  static String words() {
    return Arrays.stream(values()).map(Scenario::word).collect(Collectors.joining(", "));
  }

  /** What of the world it needs to be otherwise. */
  abstract LabOptions world(LabOptions options);

  /** What happens in a calm lab before the server is lost. */
  abstract void before(Lab lab, Watcher watcher, Consumer<String> say)
      throws IOException, InterruptedException;

  /** What is not as demanded, of that which is demanded here alone. */
  abstract List<String> failures(Watcher watcher, IncidentRecords records, Instant brokenAt);
}
