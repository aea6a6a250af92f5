package io.arbitex.recovery.lab.traffic;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * How the traffic goes, as it stands in its status file.
 *
 * @param sent requests, repeated ones too
 * @param acknowledged events that the platform acknowledged
 * @param failed requests without an acknowledgement
 * @param abandoned events that were given up, never acknowledged
 * @param lastAcknowledgedId 0 before the first
 * @param lastAcknowledgedAt ISO 8601, empty before the first
 * @param failing whether the newest request failed
 * @param sessions that the platform acknowledged
 * @param sessionsFailing whether the newest login failed
 */
public record TrafficStatus(
    long sent,
    long acknowledged,
    long failed,
    long abandoned,
    long lastAcknowledgedId,
    String lastAcknowledgedAt,
    boolean failing,
    long sessions,
    boolean sessionsFailing) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static TrafficStatus read(Path file) throws IOException {
    return JSON.readValue(Files.readAllBytes(file), TrafficStatus.class);
  }

  void write(Path file) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    Files.write(temporary, JSON.writeValueAsBytes(this));
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
