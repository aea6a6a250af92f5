package io.arbitex.recovery.detector.outage;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.configuration.Section;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code outage} and {@code heartbeat} of a detector's file.
 *
 * @param after how long Kafka must have acknowledged nothing before people are told
 * @param channels who is told; empty when nobody is
 * @param heartbeat the dead-man's switch; empty for none
 */
public record OutageSettings(
    Duration after, List<Channel> channels, Optional<HeartbeatSettings> heartbeat) {

  /**
   * @param url a secret, since whoever has it can keep the service quiet
   */
  public record HeartbeatSettings(SecretReference url, Duration every) {}

  /** Reads both sections; mistakes go to the document's list. */
  public static OutageSettings read(Section root) {
    Section outage = root.section("outage");
    Duration after = outage.duration("after", Duration.ofMinutes(1));
    if (after.isZero()) {
      outage.problem("after", "must be more than 0");
    }
    List<Channel> channels = Channel.all(outage);
    outage.close();
    return new OutageSettings(
        after,
        channels,
        root.has("heartbeat")
            ? Optional.of(heartbeat(root.section("heartbeat")))
            : Optional.empty());
  }

  private static HeartbeatSettings heartbeat(Section section) {
    HeartbeatSettings settings =
        new HeartbeatSettings(
            section.secret("url"), section.duration("every", Duration.ofMinutes(1)));
    if (settings.every().isZero()) {
      section.problem("every", "must be more than 0");
    }
    section.close();
    return settings;
  }
}
