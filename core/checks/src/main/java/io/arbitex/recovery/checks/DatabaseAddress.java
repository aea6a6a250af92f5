package io.arbitex.recovery.checks;

import io.arbitex.recovery.configuration.Inventory;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a database is and how to log in. It holds a password: it is made when it is needed and
 * never put into a record or a log; {@link #toString()} leaves the password out.
 *
 * @param port 1 to 65535
 * @param sslMode libpq's word: disable, allow, prefer, require, verify-ca, verify-full
 * @param options further parameters of the URL, kept as they are so that rewriting a URL loses none
 */
public record DatabaseAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    String sslMode,
    Map<String, String> options) {

  /** libpq's default. */
  public static final String DEFAULT_SSL_MODE = "prefer";

  private static final Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?(\\[[^\\]]+\\]|[^:/?\\[\\]]+)"
              + "(?::(\\d{1,5}))?/([^/?]*)(?:\\?(.*))?");

  public DatabaseAddress {
    options = Map.copyOf(options);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
    }
  }

  public DatabaseAddress(
      String host, int port, String database, String user, String password, String sslMode) {
    this(host, port, database, user, password, sslMode, Map.of());
  }

  /**
   * A database on a server of the inventory, as the server's admin role.
   *
   * @throws IOException when the password cannot be resolved, naming its reference only
   */
  public static DatabaseAddress of(Inventory.Server server, String database) throws IOException {
    return new DatabaseAddress(
        server.host(),
        server.port(),
        database,
        server.adminUser(),
        server.password().resolve(),
        server.sslMode());
  }

  /**
   * Reads {@code postgresql://user:password@host:port/database?sslmode=…}; parts may be
   * percent-encoded.
   *
   * @throws IllegalArgumentException saying what is expected; the text itself is not in the
   *     message, since it may hold a password
   */
  public static DatabaseAddress parse(String url) {
    Matcher matcher = URL.matcher(url.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "is no database URL, expected postgresql://user:password@host:port/database?sslmode=…");
    }
    Map<String, String> options = new LinkedHashMap<>();
    if (matcher.group(6) != null && !matcher.group(6).isEmpty()) {
      for (String option : matcher.group(6).split("&", -1)) {
        int equals = option.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException(
              "a database URL's parameters are name=value, joined by '&'");
        }
        options.put(decode(option.substring(0, equals)), decode(option.substring(equals + 1)));
      }
    }
    String sslMode = options.remove("sslmode");
    String host = matcher.group(3);
    return new DatabaseAddress(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : decode(host),
        matcher.group(4) == null ? 5432 : Integer.parseInt(matcher.group(4)),
        decode(matcher.group(5)),
        matcher.group(1) == null ? "" : decode(matcher.group(1)),
        matcher.group(2) == null ? "" : decode(matcher.group(2)),
        sslMode == null ? DEFAULT_SSL_MODE : sslMode,
        options);
  }

  /** The URL with the password: for the secret that a platform reads, nowhere else. */
  public String url() {
    StringBuilder url = new StringBuilder("postgresql://");
    url.append(encode(user)).append(':').append(encode(password)).append('@');
    url.append(place()).append("?sslmode=").append(encode(sslMode));
    new TreeMap<>(options)
        .forEach(
            (name, value) ->
                url.append('&').append(encode(name)).append('=').append(encode(value)));
    return url.toString();
  }

  /** The same server and role, another database. */
  public DatabaseAddress withDatabase(String other) {
    return new DatabaseAddress(host, port, other, user, password, sslMode, options);
  }

  /** The same database, another role. */
  public DatabaseAddress withLogin(String otherUser, String otherPassword) {
    return new DatabaseAddress(host, port, database, otherUser, otherPassword, sslMode, options);
  }

  /** The same database and role behind another host and port. */
  public DatabaseAddress withEndpoint(String otherHost, int otherPort) {
    return new DatabaseAddress(otherHost, otherPort, database, user, password, sslMode, options);
  }

  /**
   * Connects.
   *
   * @param applicationName shown in pg_stat_activity
   * @param connectTimeout limit for the TCP connection, rounded up to whole seconds, at least 1 s
   * @param socketTimeout limit for each read from the server, rounded up to whole seconds; zero for
   *     none
   * @throws SQLException see {@link PostgresErrors#diagnose(Throwable)}
   */
  public Connection connect(String applicationName, Duration connectTimeout, Duration socketTimeout)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", sslMode);
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", applicationName);
    properties.setProperty("connectTimeout", Long.toString(Math.max(1, seconds(connectTimeout))));
    properties.setProperty("socketTimeout", Long.toString(seconds(socketTimeout)));
    return DriverManager.getConnection("jdbc:postgresql://" + place(), properties);
  }

  private static long seconds(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }

  /**
   * The login for PostgreSQL's own tools (pg_dump, pg_restore, psql), to be put into a child's
   * environment: arguments can be read by every user of the machine.
   */
  public Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PGHOST", host);
    environment.put("PGPORT", Integer.toString(port));
    environment.put("PGDATABASE", database);
    environment.put("PGUSER", user);
    environment.put("PGPASSWORD", password);
    environment.put("PGSSLMODE", sslMode);
    environment.put("PGGSSENCMODE", "disable");
    environment.put("PGCONNECT_TIMEOUT", "10");
    return environment;
  }

  private String place() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return name + ":" + port + "/" + encode(database);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String decode(String text) {
    // In this place of a URL a plus is a plus, not a blank.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "postgresql://" + encode(user) + "@" + place() + "?sslmode=" + sslMode;
  }
}
