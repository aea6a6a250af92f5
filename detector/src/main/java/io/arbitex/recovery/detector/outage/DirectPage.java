package io.arbitex.recovery.detector.outage;

import static java.util.stream.Collectors.joining;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.runtime.notify.Delivery;
import io.arbitex.recovery.runtime.notify.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one channel is to be told of one platform, and when. The key of the page is the same for all
 * observers, so that they make one page of it (PagerDuty); one of them may end it while another
 * still cannot reach Kafka, so the other says it again every few minutes. To be used by one thread.
 */
final class DirectPage {
  private static final Duration REPEAT = Duration.ofMinutes(5);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** After a refusal that another try does not mend; a person may mend it in the meantime. */
  private static final Duration REFUSED = Duration.ofMinutes(5);

  private final Channel channel;
  private final String platform;
  private final String observer;

  /** A page may be open because of this observer, or of the process before it. */
  private boolean perhapsOpen;

  private boolean told;
  private final Set<String> toldOf = new HashSet<>();
  private Instant repeatAt = Instant.MIN;
  private Instant notBefore = Instant.MIN;
  private int failures;

  DirectPage(Channel channel, String platform, String observer) {
    this.channel = channel;
    this.platform = platform;
    this.observer = observer;
    // A resolve of what is not open does nothing there; in a chat it would be noise.
    this.perhapsOpen = channel.kind() == Channel.Kind.PAGERDUTY;
  }

  Channel channel() {
    return channel;
  }

  String platform() {
    return platform;
  }

  /**
   * The message that is due now.
   *
   * @param works whether Kafka takes records; it may be neither away for long nor working
   */
  Optional<Message> due(
      Optional<KafkaContact.Away> away, boolean works, List<SeenBad.Bad> bad, Instant now) {
    if (now.isBefore(notBefore)) {
      return Optional.empty();
    }
    if (away.isPresent()) {
      boolean repeat = channel.kind() == Channel.Kind.PAGERDUTY && !now.isBefore(repeatAt);
      boolean worse = bad.stream().anyMatch(each -> !toldOf.contains(each.component()));
      return !told || worse || repeat
          ? Optional.of(trigger(away.get(), bad, now))
          : Optional.empty();
    }
    return works && perhapsOpen ? Optional.of(resolve(now)) : Optional.empty();
  }

  /** Before it is sent: its answer may get lost. */
  void sending(Message message) {
    if (message.action() == Message.Action.TRIGGER) {
      perhapsOpen = true;
    }
  }

  void sent(Message message, List<SeenBad.Bad> bad, Delivery delivery, Instant now) {
    if (delivery instanceof Delivery.Failed failed) {
      failures++;
      Duration wait = Duration.ofSeconds(1L << Math.min(failures - 1, 5));
      notBefore =
          now.plus(
              !failed.passing() ? REFUSED : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
      return;
    }
    failures = 0;
    told = message.action() == Message.Action.TRIGGER;
    toldOf.clear();
    if (told) {
      bad.forEach(each -> toldOf.add(each.component()));
      repeatAt = now.plus(REPEAT);
    } else {
      perhapsOpen = false;
    }
  }

  private Message trigger(KafkaContact.Away away, List<SeenBad.Bad> bad, Instant now) {
    String broken = bad.stream().map(SeenBad.Bad::text).collect(joining("; "));
    String text =
        "The pipeline cannot act: Kafka cannot be reached, it has acknowledged nothing since "
            + away.since()
            + " ("
            + away.why()
            + ")."
            + bad.stream()
                .map(each -> " " + each.text() + " since " + each.since() + " by " + observer + ".")
                .collect(joining());
    return message(
        Message.Action.TRIGGER,
        bad.isEmpty() ? "P1" : "P0",
        "Kafka is away" + (bad.isEmpty() ? ": no recovery can run" : ", and " + broken),
        text,
        now,
        Map.of(
            Message.Part.BROKE,
            bad.isEmpty() ? "Kafka" : "Kafka; " + broken,
            Message.Part.RUNNING,
            "nothing: no recovery starts or goes on while Kafka is away",
            Message.Part.PERSON,
            "See to Kafka's brokers and the network to them from "
                + observer
                + (bad.isEmpty()
                    ? "."
                    : "; then to " + broken + ", by hand if Kafka stays away.")));
  }

  private Message resolve(Instant now) {
    return message(
        Message.Action.RESOLVE,
        "P1",
        "Kafka is away",
        "Kafka takes the records of " + observer + " again.",
        now,
        Map.of());
  }

  private Message message(
      Message.Action action,
      String severity,
      String title,
      String text,
      Instant now,
      Map<Message.Part, String> situation) {
    String page = "kafka-away/" + platform;
    return new Message(
        page + "/" + observer + "/" + now,
        page,
        platform,
        "",
        action,
        severity,
        title,
        text,
        now,
        situation);
  }
}
