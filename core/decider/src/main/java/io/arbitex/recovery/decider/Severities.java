package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Severity;
import java.util.List;

/**
 * The runbook's severity table: two data stores down is P0, one bad is P1, anything else P2, a
 * store that only degrades with no data at risk included.
 */
final class Severities {
  private Severities() {}

  static Severity rate(Round round, List<String> components) {
    long bad = 0;
    long down = 0;
    for (String name : components) {
      boolean store =
          round.platform.component(name).map(Inventory.Component::dataStore).orElse(false);
      ComponentView view = round.component(name);
      boolean harmless =
          view.getConfirmed() == HealthStatus.DEGRADED
              && round.policy.symptoms().noDataAtRisk().contains(view.getSymptom().name());
      if (store && !harmless) {
        bad++;
        down += view.getConfirmed() == HealthStatus.DOWN ? 1 : 0;
      }
    }
    if (down >= 2) {
      return Severity.P0;
    }
    return bad >= 1 ? Severity.P1 : Severity.P2;
  }
}
