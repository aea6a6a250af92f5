package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The parameters that servers know: what this machine's PostgreSQL says of itself, learnt from the
 * first server that was made, so that they can be told of one that does not run.
 */
public final class ParameterCatalogue {
  private static final String KEY = "catalogue";

  /** What the service, or here the lab, keeps to itself. */
  private static final Pattern KEPT =
      Pattern.compile(
          "archive_.*|restore_command|recovery_.*|primary_.*|hot_standby|listen_addresses|port"
              + "|unix_.*|.*_file|data_directory|fsync|full_page_writes|wal_level|ssl.*"
              + "|log_timezone|log_line_prefix|log_destination|log_directory|log_filename"
              + "|logging_collector|syslog_.*|event_source|bonjour.*|lc_.*|TimeZone"
              + "|timezone_abbreviations|zero_damaged_pages|ignore_.*|allow_.*|.*preload_libraries"
              + "|dynamic_library_path|jit_provider|local_preload_libraries");

  private static final Map<String, String> TYPES =
      Map.of(
          "bool", "Boolean",
          "enum", "Enumeration",
          "integer", "Integer",
          "real", "Numeric",
          "string", "String");

  /** A catalogue as it is kept. */
  record Catalogue(Map<String, Parameter> parameters) {}

  private final RecordFiles<Catalogue> file;

  public ParameterCatalogue(Path folder) throws IOException {
    this.file = new RecordFiles<>(folder, Catalogue.class);
  }

  /** All, by name. */
  public Map<String, Parameter> all() {
    return new TreeMap<>(file.find(KEY).map(Catalogue::parameters).orElse(Map.of()));
  }

  public Optional<Parameter> find(String name) {
    return Optional.ofNullable(all().get(name));
  }

  /** Learns from a server on which nobody has set anything; nothing when it knows already. */
  void learn(Connection fresh) throws SQLException {
    if (file.find(KEY).isPresent()) {
      return;
    }
    Map<String, Parameter> parameters = new TreeMap<>();
    try (Statement statement = fresh.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name, vartype, min_val, max_val, enumvals, reset_val, short_desc, context"
                    + " FROM pg_settings")) {
      while (row.next()) {
        Parameter parameter = read(row);
        parameters.put(parameter.name(), parameter);
      }
    }
    file.put(KEY, new Catalogue(parameters));
  }

  private static Parameter read(ResultSet row) throws SQLException {
    String name = row.getString("name");
    String type = TYPES.get(row.getString("vartype"));
    String context = row.getString("context");
    Array choices = row.getArray("enumvals");
    boolean needsRestart = context.equals("postmaster");
    String preset = row.getString("reset_val");
    return new Parameter(
        name,
        type,
        row.getString("min_val"),
        row.getString("max_val"),
        choices == null ? List.of() : List.of((String[]) choices.getArray()),
        preset == null ? "" : preset,
        row.getString("short_desc"),
        !needsRestart,
        context.equals("internal")
            || KEPT.matcher(name).matches()
            // A text that is wrong would only be found by the start that fails.
            || (needsRestart && type.equals("String")));
  }
}
