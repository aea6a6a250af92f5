package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The DNS record by which customers find the platform. */
final class PublicRecord {
  static final String ZONE = "arbitex.lab";
  static final String RECORD = "api";
  static final String NAME = RECORD + "." + ZONE;

  /** Seconds. */
  static final int TTL = 1;

  private static final String VERSION = "2018-05-01";

  private final LabArm azure;

  PublicRecord(LabArm azure) {
    this.azure = azure;
  }

  private static String path() {
    return LabArm.path("Microsoft.Network/dnsZones/" + ZONE + "/A/" + RECORD);
  }

  /** Lets it name an address. */
  void name(String address) throws IOException, InterruptedException {
    azure.put(
        path(),
        VERSION,
        """
        {"properties": {"TTL": %d, "ARecords": [{"ipv4Address": "%s"}]}}
        """
            .formatted(TTL, address));
  }

  /** The addresses that it names. */
  List<String> addresses() throws IOException, InterruptedException {
    return azure.get(path(), VERSION).at("/properties/ARecords").findValuesAsText("ipv4Address");
  }

  /** What was noted on it. */
  Map<String, String> notes() throws IOException, InterruptedException {
    Map<String, String> notes = new LinkedHashMap<>();
    JsonNode metadata = azure.get(path(), VERSION).at("/properties/metadata");
    metadata.properties().forEach(each -> notes.put(each.getKey(), each.getValue().asText()));
    return notes;
  }
}
