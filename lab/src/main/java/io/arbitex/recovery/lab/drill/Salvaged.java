package io.arbitex.recovery.lab.drill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * What a cutover has exported of the old server, as somebody would read it who merges it back.
 *
 * @param events in the file
 * @param hmacs of them
 */
record Salvaged(int events, Set<String> hmacs) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads the file; nothing where there is none.
   *
   * @param file empty for none
   */
  static Salvaged read(String file) throws IOException {
    Set<String> hmacs = new HashSet<>();
    int events = 0;
    if (file.isEmpty() || !Files.exists(Path.of(file))) {
      return new Salvaged(0, hmacs);
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of(file))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = JSON.readTree(line);
        hmacs.add(event.path("hmac").asText());
        events++;
      }
    }
    return new Salvaged(events, hmacs);
  }

  /** Which of them are not in it. */
  List<TrafficLedger.Entry> missing(List<TrafficLedger.Entry> entries) {
    return entries.stream().filter(entry -> !hmacs.contains(entry.hmac())).toList();
  }
}
