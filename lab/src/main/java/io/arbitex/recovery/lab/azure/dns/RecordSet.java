package io.arbitex.recovery.lab.azure.dns;

import java.util.List;
import java.util.Map;

/**
 * All records of a name and a type.
 *
 * @param name below the zone, in lower case; {@code @} for the zone's own
 * @param ttl seconds
 * @param values one for each record; of an A and a CNAME one text, of a TXT one or more
 * @param metadata what its owners note; DNS does not tell it
 * @param etag another after each change
 */
public record RecordSet(
    Zone zone,
    RecordType type,
    String name,
    long ttl,
    List<List<String>> values,
    Map<String, String> metadata,
    String etag) {
  public RecordSet {
    values = values.stream().map(List::copyOf).toList();
    metadata = Map.copyOf(metadata);
  }

  /** With the zone's name, without a dot at the end. */
  public String fullName() {
    return zone.full(name);
  }
}
