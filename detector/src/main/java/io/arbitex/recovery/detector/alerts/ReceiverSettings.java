package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.AlertSender;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.configuration.Section;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The {@code receivers} of a detector; without any nothing is listened on and nothing pulled.
 *
 * @param port of the receivers' HTTP server; 0 takes a free one
 * @param bind address to listen on. It speaks plain HTTP: outside of the loopback put something in
 *     front that speaks TLS, or tokens can be read on the way
 * @param maxBytes of one message, 1,024 to 1,048,576
 * @param from who may send
 * @param pull what is fetched
 */
public record ReceiverSettings(
    int port, String bind, int maxBytes, List<Sender> from, List<Pull> pull) {

  /**
   * One sender, at {@code POST /alerts/NAME}.
   *
   * @param token what it must show
   * @param allowedOrigins who may ask by the handshake of CloudEvents; Event Grid only
   */
  public record Sender(
      String name, AlertSender kind, SecretReference token, List<String> allowedOrigins) {}

  /**
   * A subscription of an Event Grid namespace, with pull delivery.
   *
   * @param key access key of the namespace or topic
   * @param every pause after a pull that found nothing, more than 0
   */
  public record Pull(
      String name,
      URI endpoint,
      String topic,
      String subscription,
      SecretReference key,
      Duration every) {}

  /** Reads the section; mistakes are added to its document. */
  public static ReceiverSettings read(Section section) {
    Set<String> names = new HashSet<>();
    ReceiverSettings settings =
        new ReceiverSettings(
            section.integer("port", 0, 0, 65_535),
            section.text("bind", "127.0.0.1"),
            section.integer("maxBytes", 262_144, 1_024, 1_048_576),
            section.sections("from").stream().map(each -> sender(each, names)).toList(),
            section.sections("pull").stream().map(each -> pull(each, names)).toList());
    section.close();
    return settings;
  }

  /** Whether anything is to be received. */
  public boolean any() {
    return !from.isEmpty() || !pull.isEmpty();
  }

  private static Sender sender(Section section, Set<String> names) {
    String name = name(section, names);
    if (!section.has("kind")) {
      section.problem("kind", "is missing, allowed: alertmanager, azure-monitor, event-grid");
    }
    // Event Grid has every field: a kind that is told as wrong makes no second mistake of another.
    AlertSender kind = section.one("kind", AlertSender.class, AlertSender.EVENT_GRID);
    boolean eventGrid = kind == AlertSender.EVENT_GRID;
    if (!eventGrid && section.has("allowedOrigins")) {
      section.problem("allowedOrigins", "is for kind event-grid only");
    }
    Sender sender =
        new Sender(
            name,
            kind,
            section.secret("token"),
            section.texts(
                "allowedOrigins", eventGrid ? List.of("eventgrid.azure.net") : List.of()));
    section.close();
    return sender;
  }

  private static Pull pull(Section section, Set<String> names) {
    Pull pull =
        new Pull(
            name(section, names),
            endpoint(section),
            section.text("topic"),
            section.text("subscription"),
            section.secret("key"),
            section.duration("every", Duration.ofSeconds(1)));
    if (pull.every().isZero()) {
      section.problem("every", "must be more than 0");
    }
    section.close();
    return pull;
  }

  private static String name(Section section, Set<String> names) {
    String name = section.name("name");
    if (!names.add(name)) {
      section.problem("name", "'" + name + "' is there twice");
    }
    return name;
  }

  private static URI endpoint(Section section) {
    URI none = URI.create("https://invalid");
    String text = section.text("endpoint");
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme())
              || ("http".equals(uri.getScheme()) && isLoopback(uri.getHost())))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      section.problem("endpoint", "is no address: " + e.getMessage());
      return none;
    }
    if (!text.isEmpty()) {
      section.problem(
          "endpoint",
          "'"
              + text
              + "' must be https://HOST (http:// for a loopback address only), for the key"
              + " is sent along");
    }
    return none;
  }

  private static boolean isLoopback(String host) {
    try {
      return host.matches("[0-9.]+|\\[.*]|localhost")
          && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
