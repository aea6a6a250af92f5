package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A process that the lab has started. Process ids are given again, so the moment of its start
 * belongs to its identity.
 *
 * @param startedAt ISO 8601, as the operating system tells it
 * @param command to start it again; holds no secret
 * @param httpPort of its health page; 0 for none
 */
public record ProcessState(
    String name, long pid, String startedAt, List<String> command, String log, int httpPort) {
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  /** The process, if it still lives and is the one that was started. */
  public Optional<ProcessHandle> find() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(
            handle ->
                handle
                    .info()
                    .startInstant()
                    .map(
                        start ->
                            Duration.between(Instant.parse(startedAt), start)
                                    .abs()
                                    .compareTo(TOLERANCE)
                                <= 0)
                    .orElse(false));
  }

  @JsonIgnore
  public boolean isAlive() {
    return find().isPresent();
  }
}
