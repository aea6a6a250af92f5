package io.arbitex.recovery.lab.platform;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;

/**
 * The platform's database URL, as it stands in a file: {@code
 * postgresql://user:password@host:port/database?sslmode=…}.
 *
 * @param jdbcUrl without user and password
 * @param properties user, password and limits
 */
record DatabaseSecret(String jdbcUrl, Properties properties) {

  /**
   * Reads the file.
   *
   * @throws IOException when it cannot be read or holds no database URL; its text is not told
   */
  static DatabaseSecret read(Path file) throws IOException {
    try {
      URI url = URI.create(Files.readString(file, StandardCharsets.UTF_8).strip());
      String[] login = url.getRawUserInfo().split(":", 2);
      Properties properties = new Properties();
      properties.setProperty("user", decode(login[0]));
      properties.setProperty("password", decode(login[1]));
      properties.setProperty("ApplicationName", "arbitex-platform");
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
      throw new IOException(file + " holds no database URL", e);
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Without the login. */
  @Override
  public String toString() {
    return jdbcUrl;
  }
}
