package io.arbitex.recovery.configuration;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The Azure subscription that a platform's managed resources are in.
 *
 * @param endpoint of the Resource Manager: another one for a sovereign cloud
 * @param tenant the directory that the credential is of
 * @param resourceGroup of the flexible servers; restored ones are made in it
 * @param trust a certificate (PEM) that is trusted beside those of the JDK, for a proxy
 */
public record Azure(
    URI endpoint,
    String subscription,
    String tenant,
    String resourceGroup,
    Credential credential,
    Optional<Path> trust) {
  private static final String PUBLIC_CLOUD = "https://management.azure.com";

  /** How the pipeline proves who it is. */
  public sealed interface Credential {

    /** Environment, workload identity, managed identity, command line: Azure's usual chain. */
    record UsualChain() implements Credential {}

    /** A bearer token that somebody else keeps fresh; read anew for each request. */
    record Token(SecretReference reference) implements Credential {}

    /** None: only over plain HTTP, where Azure's library refuses to send a token. */
    record Nobody() implements Credential {}
  }

  static Azure of(Section section) {
    URI endpoint = endpoint(section);
    Credential credential = credential(section, endpoint);
    Azure read =
        new Azure(
            endpoint,
            section.text("subscription"),
            section.text("tenant"),
            section.text("resourceGroup"),
            credential,
            section.has("trust") ? Optional.of(section.path("trust")) : Optional.empty());
    section.close();
    return read;
  }

  private static URI endpoint(Section section) {
    String text = section.text("endpoint", PUBLIC_CLOUD);
    try {
      URI read = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = String.valueOf(read.getScheme()).toLowerCase(Locale.ROOT);
      if (read.getHost() != null && (scheme.equals("https") || scheme.equals("http"))) {
        return read;
      }
    } catch (URISyntaxException e) {
      section.problem("endpoint", "'" + text + "' is no address: " + e.getReason());
      return URI.create(PUBLIC_CLOUD);
    }
    section.problem("endpoint", "'" + text + "' is no address, allowed: https://HOST[:PORT]");
    return URI.create(PUBLIC_CLOUD);
  }

  private static Credential credential(Section section, URI endpoint) {
    boolean plain = "http".equalsIgnoreCase(endpoint.getScheme());
    String text = section.text("credential", "default");
    Credential read =
        switch (text) {
          case "default" -> new Credential.UsualChain();
          case "none" -> new Credential.Nobody();
          default -> new Credential.Token(section.secret("credential"));
        };
    if (plain != read instanceof Credential.Nobody) {
      section.problem(
          "credential",
          plain
              ? "no token is ever sent over http; allowed with this endpoint: none"
              : "'none' is allowed with an endpoint of http only");
    }
    return read;
  }
}
