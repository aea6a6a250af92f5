package io.arbitex.recovery.configuration;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A secret of a key vault that holds the platform's database URL, beside the connection secret: a
 * cutover writes the new URL here first, so that whoever copies from here copies the new one.
 *
 * @param url of the vault, {@code https://NAME.vault.azure.net}
 * @param secret its name there
 */
public record KeyVault(URI url, String secret) {
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z-]{1,127}");
  private static final URI HARMLESS = URI.create("https://vault.invalid");

  static KeyVault of(Section section) {
    KeyVault read = of(section, "secret", url(section));
    section.close();
    return read;
  }

  /** A secret of a known vault, whose name stands in a field. */
  static KeyVault of(Section section, String field, URI vault) {
    KeyVault read = new KeyVault(vault, section.text(field));
    if (!read.secret().isEmpty() && !NAME.matcher(read.secret()).matches()) {
      section.problem(field, "'" + read.secret() + "' is no name of a secret: letters, digits, -");
    }
    return read;
  }

  /** The address of a vault; a harmless one where it cannot be read. */
  static URI url(Section section) {
    String text = section.text("url");
    if (text.isEmpty()) {
      return HARMLESS;
    }
    try {
      URI read = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = String.valueOf(read.getScheme()).toLowerCase(Locale.ROOT);
      boolean known = scheme.equals("https") || scheme.equals("http");
      if (known && read.getHost() != null && read.getPath().isEmpty()) {
        return read;
      }
    } catch (URISyntaxException e) {
      section.problem("url", "'" + text + "' is no address: " + e.getReason());
      return HARMLESS;
    }
    section.problem("url", "'" + text + "' is no vault, allowed: https://NAME.vault.azure.net");
    return HARMLESS;
  }

  /** Whether its address could be read. */
  boolean isReadable() {
    return !url.equals(HARMLESS);
  }

  /** Whether all of it could be read. */
  boolean isWhole() {
    return isReadable() && !secret.isEmpty();
  }

  /** The vault is asked with the credential of the platform's {@code azure}. */
  void check(Section section, Azure azure) {
    boolean plain = "http".equalsIgnoreCase(url.getScheme());
    if (plain != azure.credential() instanceof Azure.Credential.Nobody) {
      section.problem(
          "url",
          plain
              ? "no token is ever sent over http; allowed with this azure.credential: https"
              : "azure.credential 'none' is allowed with a vault of http only");
    }
  }
}
