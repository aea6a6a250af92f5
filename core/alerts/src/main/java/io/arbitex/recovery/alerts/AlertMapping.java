package io.arbitex.recovery.alerts;

import io.arbitex.recovery.configuration.AlertMatch;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What an alert says of the components that are protected. Only what the inventory names is meant:
 * an alert that maps to no component is never guessed at (design, section 11).
 */
public final class AlertMapping {
  /** The result: one of the two. */
  public sealed interface Outcome {}

  /**
   * It is about these components, each once; several when the inventory says so.
   *
   * @param targets at least one
   */
  public record Mapped(List<Target> targets) implements Outcome {}

  /**
   * It is about none.
   *
   * @param why for a person
   */
  public record Unmapped(String why) implements Outcome {}

  /** A component, and what its entry in the inventory makes of the alert. */
  public record Target(String platform, String component, AlertMatch match) {}

  private AlertMapping() {}

  /** Which components an alert is about; of a component's entries the first that matches counts. */
  public static Outcome map(Inventory inventory, ReceivedAlert alert) {
    if (alert instanceof ReceivedAlert.Unclear unclear) {
      return new Unmapped(unclear.why());
    }
    List<Target> targets = new ArrayList<>();
    for (Inventory.Platform platform : inventory.platforms()) {
      for (Inventory.Component component : platform.components()) {
        component.alerts().stream()
            .filter(match -> match.matches(alert.origin()))
            .findFirst()
            .map(match -> new Target(platform.name(), component.name(), match))
            .ifPresent(targets::add);
      }
    }
    return targets.isEmpty() ? new Unmapped("maps to no component") : new Mapped(targets);
  }

  /**
   * The health event of an alert. One that is over says UP and no symptom, whatever the inventory
   * makes of it while it fires.
   *
   * @param receiver its name stands as the observer
   * @param bindingEpoch of the resource that the component is now
   * @throws IllegalArgumentException for an alert that is unclear, which is never mapped
   */
  public static HealthEvent event(
      ReceivedAlert alert, Target target, String receiver, long bindingEpoch) {
    if (alert instanceof ReceivedAlert.Firing firing) {
      return event(target, receiver, bindingEpoch, alert, firing.identity())
          .setId(id(firing.identity(), "firing", firing.firedAt()))
          .setStatus(target.match().degraded() ? HealthStatus.DEGRADED : HealthStatus.DOWN)
          .setSymptom(Symptom.valueOf(target.match().symptom()))
          .setObservedAt(firing.firedAt())
          .setBadSince(firing.firedAt())
          .build();
    }
    if (alert instanceof ReceivedAlert.Resolved resolved) {
      return event(target, receiver, bindingEpoch, alert, resolved.identity())
          .setId(id(resolved.identity(), "resolved", resolved.firedAt()))
          .setStatus(HealthStatus.UP)
          .setSymptom(Symptom.NONE)
          .setObservedAt(resolved.resolvedAt())
          .setBadSince(null)
          .build();
    }
    throw new IllegalArgumentException("an unclear alert says nothing of " + target.component());
  }

  private static String id(String identity, String course, Instant firedAt) {
    return identity + "/" + course + "/" + firedAt;
  }

  private static HealthEvent.Builder event(
      Target target, String receiver, long bindingEpoch, ReceivedAlert alert, String identity) {
    return HealthEvent.newBuilder()
        .setPlatform(target.platform())
        .setComponent(target.component())
        .setObserver(receiver)
        .setSource(HealthSource.ALERT)
        .setConsecutive(1)
        .setResource(
            alert.origin().resources().isEmpty()
                ? ""
                : AlertText.clean(alert.origin().resources().get(0)))
        .setBindingEpoch(bindingEpoch)
        .setDetail(alert.text())
        .setAlertId(identity)
        .setAlertRule(AlertText.clean(alert.origin().rule()));
  }
}
