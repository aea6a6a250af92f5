package io.arbitex.recovery.detector.outage;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead-man's switch: asks for an address outside again and again while this observer works and
 * Kafka takes its records. When the calls stop, the service outside pages.
 *
 * <p>It does not see whether the classifier reads the records, nor whether an executor lives: in
 * quiet times neither writes anything that could be waited for.
 */
public final class Heartbeat implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final OutageSettings.HeartbeatSettings settings;
  private final KafkaContact contact;
  private final Duration fresh;
  private final Supplier<Optional<String>> sick;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final AtomicLong succeededAt = new AtomicLong();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ANSWER).build();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "heartbeat");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Starts to beat.
   *
   * @param publishes the longest pause of an observer that works between two records
   * @param sick why this observer does not do its work; empty while it does
   */
  public Heartbeat(
      OutageSettings.HeartbeatSettings settings,
      KafkaContact contact,
      Duration publishes,
      Supplier<Optional<String>> sick,
      MeterRegistry metrics,
      Clock clock) {
    this.settings = settings;
    this.contact = contact;
    Duration twice = publishes.multipliedBy(2);
    this.fresh = settings.every().compareTo(twice) > 0 ? settings.every() : twice;
    this.sick = sick;
    this.clock = clock;
    this.metrics = metrics;
    Gauge.builder("recovery.heartbeat.success.seconds", succeededAt, AtomicLong::get)
        .description("When the service outside took the last heartbeat, in seconds since 1970")
        .register(metrics);
    timer.scheduleAtFixedRate(this::beat, 0, settings.every().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void beat() {
    try {
      Optional<String> silent = silent(clock.instant());
      Optional<String> failure = silent.isPresent() ? silent : call();
      if (failure.isEmpty()) {
        succeededAt.set(clock.instant().getEpochSecond());
      } else {
        log.warn("no heartbeat: {}", failure.get());
      }
      metrics
          .counter(
              "recovery.heartbeats",
              "outcome",
              silent.isPresent() ? "withheld" : failure.isPresent() ? "failed" : "taken")
          .increment();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // A task that throws is never run again. Its class alone: the text may hold the address.
      log.error("a heartbeat failed in itself: {}", e.getClass().getName());
    }
  }

  private Optional<String> silent(Instant now) {
    return contact.works(fresh, now)
        ? sick.get()
        : Optional.of("Kafka has acknowledged nothing within " + fresh.toMillis() + " ms");
  }

  private Optional<String> call() throws InterruptedException {
    HttpRequest request;
    try {
      request = HttpRequest.newBuilder(URI.create(settings.url().resolve())).GET().build();
    } catch (IOException e) {
      return Optional.of("its address cannot be read: " + e);
    } catch (IllegalArgumentException e) {
      // Without the cause: its message would hold the address, which is a secret.
      return Optional.of("what heartbeat.url points to is no URL");
    }
    CompletableFuture<HttpResponse<Void>> running =
        client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    try {
      int status = running.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return status / 100 == 2
          ? Optional.empty()
          : Optional.of("the service outside answered " + status);
    } catch (TimeoutException e) {
      return Optional.of("the service outside did not answer within " + ANSWER.toSeconds() + " s");
    } catch (ExecutionException e) {
      return Optional.of(
          "the service outside cannot be reached: " + e.getCause().getClass().getSimpleName());
    } finally {
      running.cancel(true);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
