package io.arbitex.recovery.executors.azure;

import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.ServerInner;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A flexible server as Azure tells of it.
 *
 * @param id its whole resource id
 * @param state {@code Ready}, {@code Provisioning}, {@code Updating} …
 * @param host where it answers; empty while it is being made
 * @param earliestRestore the earliest moment that it can be restored to; empty without a backup
 * @param highAvailability its mode, {@code Disabled} for none
 */
public record FlexibleServer(
    String name,
    String id,
    String location,
    String state,
    Optional<String> host,
    Optional<Instant> earliestRestore,
    String highAvailability,
    Map<String, String> tags) {
  public static final String READY = "Ready";

  static FlexibleServer of(ServerInner found) {
    return new FlexibleServer(
        found.name(),
        found.id(),
        found.location(),
        found.state() == null ? "" : found.state().toString(),
        Optional.ofNullable(found.fullyQualifiedDomainName()),
        Optional.ofNullable(found.backup())
            .map(backup -> backup.earliestRestoreDate())
            .map(date -> date.toInstant()),
        FlexibleServers.highAvailability(found),
        found.tags() == null ? Map.of() : Map.copyOf(found.tags()));
  }

  public boolean ready() {
    return state.equals(READY);
  }

  public Optional<String> tag(String name) {
    return Optional.ofNullable(tags.get(name));
  }
}
