package io.arbitex.recovery.lab.azure.postgresql;

import java.util.Collection;

/**
 * PostgreSQL's access file, made from firewall rules: an address that no rule names is refused. It
 * holds without the lab's process.
 */
final class AccessFile {
  private AccessFile() {}

  static String text(Collection<IpRange> allowed) {
    StringBuilder text = new StringBuilder();
    String own = " " + Postgres.SUPERUSER + " 127.0.0.1/32 scram-sha-256\n";
    text.append("host all").append(own).append("host replication").append(own);
    text.append("host all ").append(Postgres.SUPERUSER).append(" all reject\n");
    for (IpRange range : allowed) {
      for (String block : range.blocks()) {
        text.append("host all all ").append(block).append(" scram-sha-256\n");
      }
    }
    return text.toString();
  }
}
