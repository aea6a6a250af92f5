package io.arbitex.recovery.configuration;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A record of a DNS zone in Azure, for whoever finds a database's server or the cluster by name. A
 * CNAME, or an A record where it names an address.
 *
 * @param zone its name
 * @param resourceGroup of the zone
 * @param record its name in the zone, {@code @} for the zone's own
 * @param hidden whether the zone is a private one
 * @param ttl that the record gets with its new value, from 1 s, in whole seconds
 */
public record DnsRecord(
    String zone, String resourceGroup, String record, boolean hidden, Duration ttl) {
  private static final Duration USUAL = Duration.ofSeconds(30);

  static DnsRecord of(Section section, List<Inventory.Server> servers) {
    DnsRecord read =
        new DnsRecord(
            section.text("zone"),
            section.text("resourceGroup"),
            section.text("record"),
            section.flag("private", false),
            section.duration("ttl", USUAL));
    if (read.ttl().compareTo(Duration.ofSeconds(1)) < 0
        || read.ttl().compareTo(Duration.ofDays(7)) > 0) {
      section.problem("ttl", "allowed: from 1s to 7d");
    }
    read.refuseAsHost(section, servers);
    section.close();
    return read;
  }

  /** The whole name that is asked for. */
  public String fullName() {
    return (record.equals("@") ? zone : record + "." + zone).toLowerCase(Locale.ROOT);
  }

  /**
   * A server that is found by the record would turn into another one in the middle of a cutover.
   */
  private void refuseAsHost(Section section, List<Inventory.Server> servers) {
    for (Inventory.Server server : servers) {
      if (server.host().equalsIgnoreCase(fullName())) {
        section.problem(
            "record",
            "server '"
                + server.name()
                + "' has this name as its host, and a cutover gives it to another server: name the"
                + " server's own host");
      }
    }
  }
}
