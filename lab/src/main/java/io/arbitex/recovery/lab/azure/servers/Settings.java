package io.arbitex.recovery.lab.azure.servers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * How the lab's subscription is set up.
 *
 * @param subscription its id; there is no other
 * @param resourceGroups that are there; the lab makes none
 * @param folder of all servers
 * @param tools PostgreSQL's programs
 * @param version major, of the PostgreSQL in the tools
 * @param port of all servers; each has an address of its own
 * @param archiveSeconds after which a segment with something in it is archived
 * @param archiveLimit how long a restore waits for the source's archive to reach its moment
 */
public record Settings(
    String subscription,
    Set<String> resourceGroups,
    Path folder,
    Path tools,
    String version,
    int port,
    int archiveSeconds,
    Duration archiveLimit) {
  public Settings {
    resourceGroups = Set.copyOf(resourceGroups);
  }
}
