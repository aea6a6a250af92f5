package io.arbitex.recovery.lab.azure.postgresql;

import java.util.Map;
import java.util.TreeMap;

/**
 * How one PostgreSQL is set up.
 *
 * @param address of the server alone, in 127.0.0.0/8
 * @param port TCP
 * @param archiveSeconds after which a segment with something in it is archived, full or not
 * @param parameters what the customer has set
 */
public record ServerSettings(
    String address, int port, int archiveSeconds, Map<String, String> parameters) {

  /** The configuration file. What the service keeps to itself stands last, and so wins. */
  String text(ServerFolder folder) {
    StringBuilder text = new StringBuilder();
    line(text, "shared_buffers", "64MB");
    line(text, "max_connections", "60");
    line(text, "max_wal_size", "2GB");
    new TreeMap<>(parameters).forEach((name, value) -> line(text, name, value));
    line(text, "listen_addresses", address);
    line(text, "port", Integer.toString(port));
    line(text, "unix_socket_directories", "");
    line(text, "wal_level", "replica");
    line(text, "fsync", "on");
    line(text, "full_page_writes", "on");
    line(text, "archive_mode", "on");
    line(text, "archive_command", quoted(folder.archiveScript().toString()) + " \"%p\" \"%f\"");
    line(text, "archive_timeout", Integer.toString(archiveSeconds));
    line(text, "log_timezone", "UTC");
    line(text, "log_line_prefix", "%m [%p] %u@%d ");
    return text.toString();
  }

  static void line(StringBuilder text, String name, String value) {
    text.append(name).append(" = '").append(value.replace("'", "''")).append("'\n");
  }

  /** For a shell. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
