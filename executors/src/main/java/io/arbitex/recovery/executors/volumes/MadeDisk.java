package io.arbitex.recovery.executors.volumes;

import java.util.List;
import java.util.Optional;

/**
 * A disk that a restore has made.
 *
 * @param id what a volume needs to find it
 * @param capacity as Kubernetes writes it
 * @param zones in which it may be attached, as the nodes' labels have them; empty for any
 * @param command that made it; empty for one that no recovery made
 * @param ready whether it may be used
 */
public record MadeDisk(
    String id, String capacity, List<String> zones, Optional<String> command, boolean ready) {
  public MadeDisk {
    zones = List.copyOf(zones);
  }
}
