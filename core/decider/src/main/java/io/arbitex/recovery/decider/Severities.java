package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Severity;
import java.util.List;

/**
 * The runbook's severity table. P0: the cluster is lost, two data stores are down, or the public
 * health is down and nothing explains it. P1: one data store is bad, or the cluster does not answer
 * and nobody can say whether customers are served. Anything else is P2, a cluster that is away
 * while customers are served and a store that only degrades with no data at risk included.
 */
final class Severities {
  private Severities() {}

  static Severity rate(Round round, List<String> components) {
    if (isTotal(round, components)) {
      return Severity.P0;
    }
    long bad = 0;
    long down = 0;
    for (String name : components) {
      ComponentView view = round.component(name);
      if (isBadStore(round, view)) {
        bad++;
        down += view.getConfirmed() == HealthStatus.DOWN ? 1 : 0;
      }
    }
    if (down >= 2) {
      return Severity.P0;
    }
    boolean blind =
        ClusterLoss.isDown(round)
            && ClusterLoss.publicHealthUnheard(round)
            && components.stream().anyMatch(name -> Landscape.isCluster(round, name));
    return bad >= 1 || blind ? Severity.P1 : Severity.P2;
  }

  private static boolean isTotal(Round round, List<String> components) {
    for (String name : components) {
      if (Landscape.isCluster(round, name) && ClusterLoss.isLost(round)) {
        return true;
      }
      if (Landscape.isPublicHealth(round, name)
          && round.component(name).getConfirmed() == HealthStatus.DOWN
          && !PublicHealth.isExplained(round)) {
        return true;
      }
    }
    return false;
  }

  /** A component whose loss is a loss of data; a cluster is judged by a rule of its own. */
  static boolean isDataStore(Round round, String name) {
    return round.platform.component(name).filter(Inventory.Component::dataStore).isPresent()
        && !Landscape.isCluster(round, name);
  }

  /** Whether a data store is bad, and not only in a way that puts no data at risk. */
  static boolean isBadStore(Round round, ComponentView view) {
    boolean harmless =
        view.getConfirmed() == HealthStatus.DEGRADED
            && round.policy.symptoms().noDataAtRisk().contains(view.getSymptom().name());
    return isDataStore(round, view.getComponent()) && Opening.isBad(view) && !harmless;
  }
}
