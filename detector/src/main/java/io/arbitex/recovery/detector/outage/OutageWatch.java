package io.arbitex.recovery.detector.outage;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.runtime.notify.Delivery;
import io.arbitex.recovery.runtime.notify.Message;
import io.arbitex.recovery.runtime.notify.Post;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the channels directly while Kafka is away, and that it is over when it is back. */
public final class OutageWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OutageWatch.class);
  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  private final OutageSettings settings;
  private final KafkaContact contact;
  private final SeenBad seen;
  private final Post post;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final ScheduledExecutorService timer;

  /**
   * Starts to watch.
   *
   * @param confirmations bad observations in a row before this observer is believed
   */
  public OutageWatch(
      OutageSettings settings,
      String observer,
      List<String> platforms,
      int confirmations,
      KafkaContact contact,
      Post post,
      MeterRegistry metrics,
      Clock clock) {
    this.settings = settings;
    this.contact = contact;
    this.seen = new SeenBad(confirmations);
    this.post = post;
    this.metrics = metrics;
    this.clock = clock;
    List<DirectPage> pages = new ArrayList<>();
    for (String platform : platforms) {
      for (Channel channel : settings.channels()) {
        pages.add(new DirectPage(channel, platform, observer));
      }
    }
    // A thread for each: a channel that hangs must not keep another one quiet.
    this.timer =
        Executors.newScheduledThreadPool(
            Math.max(1, pages.size()),
            work -> {
              Thread thread = new Thread(work, "direct-page");
              thread.setDaemon(true);
              return thread;
            });
    long tick = Math.min(LONGEST_TICK.toMillis(), Math.max(1, settings.after().toMillis() / 4));
    for (DirectPage page : pages) {
      timer.scheduleWithFixedDelay(() -> tick(page), tick, tick, TimeUnit.MILLISECONDS);
    }
  }

  /** This observer looked at a component. */
  public void seen(HealthEvent event) {
    seen.seen(event);
  }

  private void tick(DirectPage page) {
    try {
      Instant now = clock.instant();
      List<SeenBad.Bad> bad = seen.of(page.platform());
      Optional<Message> due =
          page.due(
              contact.away(settings.after(), now), contact.works(settings.after(), now), bad, now);
      if (due.isPresent()) {
        tell(page, due.get(), bad);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // A task that throws is never run again, and nobody would be told.
      log.error("a direct page to {} failed in itself", page.channel().name(), e);
    }
  }

  private void tell(DirectPage page, Message message, List<SeenBad.Bad> bad)
      throws InterruptedException {
    page.sending(message);
    Delivery delivery = post.deliver(page.channel(), message);
    page.sent(message, bad, delivery, clock.instant());
    String outcome;
    if (delivery instanceof Delivery.Failed failed) {
      outcome = "failed";
      log.error(
          "{} was not told directly: {} {}", page.channel().name(), failed.what(), failed.next());
    } else {
      outcome = message.action().id();
      log.warn("told {} directly: {} ({})", page.channel().name(), message.title(), outcome);
    }
    metrics
        .counter("recovery.direct.pages", "channel", page.channel().name(), "outcome", outcome)
        .increment();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
