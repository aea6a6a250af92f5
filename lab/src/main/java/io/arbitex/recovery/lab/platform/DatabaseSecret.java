package io.arbitex.recovery.lab.platform;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;

/**
 * The platform's database URL: {@code postgresql://user:password@host:port/database?sslmode=…}.
 *
 * @param jdbcUrl without user and password
 * @param properties user, password and limits
 */
record DatabaseSecret(String jdbcUrl, Properties properties) {

  /**
   * Reads it.
   *
   * @param application as which the database's own views name the connections
   * @throws IllegalArgumentException when it is no database URL; its text is not told
   */
  static DatabaseSecret of(String text, String application) {
    try {
      URI url = URI.create(text.strip());
      String[] login = url.getRawUserInfo().split(":", 2);
      Properties properties = new Properties();
      properties.setProperty("user", decode(login[0]));
      properties.setProperty("password", decode(login[1]));
      properties.setProperty("ApplicationName", application);
      properties.setProperty("gssEncMode", "disable");
      properties.setProperty("connectTimeout", "2");
      properties.setProperty("socketTimeout", "5");
      if (url.getRawQuery() != null) {
        Arrays.stream(url.getRawQuery().split("&", -1))
            .map(option -> option.split("=", 2))
            .filter(option -> option.length == 2)
            .forEach(option -> properties.setProperty(option[0], decode(option[1])));
      }
      int port = url.getPort() < 0 ? 5432 : url.getPort();
      return new DatabaseSecret(
          "jdbc:postgresql://" + url.getHost() + ":" + port + url.getRawPath(), properties);
    } catch (IllegalArgumentException | NullPointerException | IndexOutOfBoundsException e) {
      // Not as its cause: the message would hold the password.
      throw new IllegalArgumentException(
          "is no database URL, expected postgresql://user:password@host:port/database");
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The same database with another login. */
  DatabaseSecret withLogin(String user, String password) {
    Properties other = new Properties();
    other.putAll(properties);
    other.setProperty("user", user);
    other.setProperty("password", password);
    return new DatabaseSecret(jdbcUrl, other);
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl, properties);
  }

  /** Without the login. */
  @Override
  public String toString() {
    return jdbcUrl;
  }
}
