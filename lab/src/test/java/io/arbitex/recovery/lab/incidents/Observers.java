package io.arbitex.recovery.lab.incidents;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Three observers who look at the database that the component is now: whether it answers, and
 * whether its audit chain holds. They share their eyes, so that a look costs one connection.
 */
final class Observers {
  static final List<String> NAMES = List.of("observer-a", "observer-b", "observer-c");

  /** Of a server on this machine, which is busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final IncidentWorld world;
  private Optional<Binding> bound = Optional.empty();
  private Optional<Symptom> before = Optional.empty();
  private int streak;
  private Instant badSince;
  private long number;

  /**
   * @param badSince when what they will see began
   */
  Observers(IncidentWorld world, Instant badSince) {
    this.world = world;
    this.badSince = badSince;
  }

  /** From now on they look elsewhere. */
  void follow(Binding binding) {
    bound = Optional.of(binding);
    before = Optional.empty();
  }

  /** What they will see next began then. */
  void badSince(Instant moment) {
    badSince = moment;
  }

  /** What each of them says now. */
  List<HealthEvent> look() throws InterruptedException {
    String detail = "";
    Symptom seen;
    try {
      boolean whole =
          new AuditChain(AuditTables.KEY, PATIENCE, PATIENCE)
              .verify(address(), 1, Optional.empty())
              .valid();
      seen = whole ? Symptom.NONE : Symptom.CORRUPT;
    } catch (SQLException e) {
      seen = Symptom.UNREACHABLE;
      detail = e.getMessage();
    }
    streak = before.filter(seen::equals).isPresent() ? streak + 1 : 1;
    before = Optional.of(seen);
    boolean up = seen == Symptom.NONE;
    Instant now = Times.now(Clock.systemUTC());
    List<HealthEvent> said = new ArrayList<>();
    for (String observer : NAMES) {
      said.add(
          HealthEvent.newBuilder()
              .setId(observer + "/" + ++number)
              .setPlatform(IncidentWorld.PLATFORM)
              .setComponent(IncidentWorld.COMPONENT)
              .setObserver(observer)
              .setSource(HealthSource.PROBE)
              .setStatus(up ? HealthStatus.UP : HealthStatus.DOWN)
              .setSymptom(seen)
              .setConsecutive(streak)
              .setResource(bound.map(Binding::getResource).orElse("primary"))
              .setBindingEpoch(bound.map(Binding::getEpoch).orElse(0L))
              .setObservedAt(now)
              .setBadSince(up ? null : badSince)
              .setDetail(detail)
              .build());
    }
    return said;
  }

  private DatabaseAddress address() {
    if (bound.isEmpty()) {
      return world.source();
    }
    Map<String, String> facts = Facts.toMap(bound.get().getFacts());
    return world.at(facts.get("host"), Integer.parseInt(facts.get("port")), facts.get("database"));
  }
}
