package io.arbitex.recovery.configuration;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A named place that messages are sent to.
 *
 * @param secret Slack: the webhook's whole address. PagerDuty: the integration's routing key
 * @param endpoint PagerDuty: where events are sent; empty for Slack
 */
public record Channel(String name, Kind kind, SecretReference secret, Optional<URI> endpoint) {
  /** PagerDuty's Events API v2. */
  private static final String PAGERDUTY = "https://events.pagerduty.com/v2/enqueue";

  /** The services that are spoken to. */
  public enum Kind {
    SLACK,
    PAGERDUTY
  }

  /** The channels in the {@code channels} of a section. */
  public static List<Channel> all(Section root) {
    List<Channel> channels = new ArrayList<>();
    for (Section section : root.sections("channels")) {
      String name = section.name("name");
      Optional<Kind> kind = kind(section);
      if (channels.stream().anyMatch(each -> each.name().equals(name))) {
        section.problem("name", "'" + name + "' is there twice");
      }
      channels.add(channel(section, name, kind));
      section.close();
    }
    return List.copyOf(channels);
  }

  private static Optional<Kind> kind(Section section) {
    if (!section.has("kind")) {
      section.text("kind");
      return Optional.empty();
    }
    return Optional.ofNullable(section.one("kind", Kind.class, null));
  }

  private static Channel channel(Section section, String name, Optional<Kind> kind) {
    if (kind.isEmpty()) {
      section.passOver("url", "routingKey");
      return new Channel(name, Kind.SLACK, SecretReference.none(), Optional.empty());
    }
    return kind.get() == Kind.SLACK
        ? new Channel(name, Kind.SLACK, section.secret("url"), Optional.empty())
        : new Channel(name, Kind.PAGERDUTY, section.secret("routingKey"), endpoint(section));
  }

  private static Optional<URI> endpoint(Section section) {
    String text = section.text("url", PAGERDUTY);
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && uri.getScheme().startsWith("http")) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      section.problem("url", "'" + text + "' is no address: " + e.getMessage());
      return Optional.empty();
    }
    section.problem("url", "'" + text + "' is no http:// or https:// address");
    return Optional.empty();
  }
}
