package io.arbitex.recovery.lab.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that logs users in and lets them come back: one request at a time, a login again and
 * again until it is acknowledged. First so many as there are to be at least, then a few a second,
 * each with a look at the session of an earlier one. Whose session is gone forgets it: one of the
 * next logins is theirs.
 */
final class SessionTraffic implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(SessionTraffic.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double FIRST_LOGINS_A_SECOND = 300;

  private final URI sessions;
  private final HttpClient http;
  private final long atLeast;
  private final double logins;
  private final SessionLedger ledger;
  private final CountDownLatch end;
  private final Random random = new Random(7);
  private final List<String> known = new ArrayList<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private volatile boolean failing;

  /**
   * @param atLeast sessions to begin with, 300 a second
   * @param logins a second after that, above 0
   * @param end counted down to end it
   */
  SessionTraffic(
      URI platform,
      HttpClient http,
      long atLeast,
      double logins,
      SessionLedger ledger,
      CountDownLatch end) {
    this.sessions = platform.resolve("/v1/sessions");
    this.http = http;
    this.atLeast = atLeast;
    this.logins = logins;
    this.ledger = ledger;
    this.end = end;
  }

  /** Sessions that were acknowledged. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Whether the newest request failed. */
  boolean failing() {
    return failing;
  }

  @Override
  public void run() {
    long next = System.nanoTime();
    try {
      while (!end.await(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        logIn();
        boolean begun = acknowledged.get() >= atLeast;
        if (begun) {
          comeBack();
        }
        long interval = (long) (1e9 / (begun ? logins : FIRST_LOGINS_A_SECOND));
        // After an outage it goes on at its rate; it does not catch up in a burst.
        next = Math.max(next + interval, System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.error("the ledger of sessions cannot be kept, so there are no more", e);
    }
  }

  private void logIn() throws IOException, InterruptedException {
    byte[] body =
        JSON.writeValueAsBytes(
            JSON.createObjectNode()
                .put("tenant", 1 + random.nextInt(12))
                .put("user", "user-" + random.nextInt(1_000)));
    HttpRequest request =
        HttpRequest.newBuilder(sessions)
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    long pause = 100;
    do {
      HttpResponse<byte[]> response = ask(request);
      if (response != null && response.statusCode() == 201) {
        JsonNode made = JSON.readTree(response.body());
        String id = made.path("id").asText();
        ledger.acknowledged(
            new SessionLedger.Entry(
                id,
                made.path("session").asText(),
                Clock.systemUTC().instant().truncatedTo(ChronoUnit.MICROS)));
        known.add(id);
        acknowledged.incrementAndGet();
        failing = false;
        return;
      }
      failing = true;
      pause = Math.min(1_000, pause * 2);
    } while (!end.await(pause, TimeUnit.MILLISECONDS));
  }

  private void comeBack() throws InterruptedException {
    int which = random.nextInt(known.size());
    HttpResponse<byte[]> response =
        ask(
            HttpRequest.newBuilder(URI.create(sessions + "/" + known.get(which)))
                .timeout(Duration.ofSeconds(5))
                .build());
    if (response != null && response.statusCode() == 404) {
      known.remove(which);
    }
  }

  /** What was answered; null when nothing was. */
  private HttpResponse<byte[]> ask(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      log.debug("{}: {}", request.uri(), e.toString());
      return null;
    }
  }
}
