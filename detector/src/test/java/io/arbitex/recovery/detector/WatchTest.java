package io.arbitex.recovery.detector;

import static io.arbitex.recovery.detector.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WatchTest {
  /** What answers at once answers within this on a machine that is busy, too. */
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private final List<HealthEvent> told = new CopyOnWriteArrayList<>();

  private Watch watch(Probe probe, Optional<URI> witness, Duration limit) {
    return new Watch(
        new Watch.Place("lab", "postgresql", "observer-0"),
        new Watch.Rhythm(Duration.ofMillis(20), limit, Duration.ofSeconds(10)),
        new Witness(witness, PATIENT),
        () -> new Watch.Target("primary", 3, probe),
        Clock.systemUTC(),
        told::add);
  }

  private static Observation down(Instant at) {
    return new Observation(HealthStatus.DOWN, Symptom.UNREACHABLE, "refused", at);
  }

  @Test
  void aLookThatHangsForEverIsHungAndTheNextOnesStillRun() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    Probe probe =
        at -> {
          if (looks.incrementAndGet() <= 2) {
            hang(never);
          }
          return Observation.up(at);
        };
    try (Watch watch = watch(probe, Optional.empty(), Duration.ofMillis(300))) {
      watch.start();
      until(() -> told.stream().anyMatch(event -> event.getStatus() == HealthStatus.UP));
      assertThat(told.get(0).getStatus()).isEqualTo(HealthStatus.DOWN);
      assertThat(told.get(0).getSymptom()).isEqualTo(Symptom.HUNG);
      assertThat(told.get(0).getBindingEpoch()).isEqualTo(3);
      assertThat(told.get(1).getConsecutive()).isEqualTo(2);
      assertThat(watch.sick()).isEmpty();
    } finally {
      never.countDown();
    }
  }

  /** Hangs as a dead network does: an interrupt changes nothing. */
  private static void hang(CountDownLatch never) {
    while (true) {
      try {
        never.await();
        return;
      } catch (InterruptedException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  @Test
  void aProbeThatFailsInItselfSaysNothingOfTheComponent() throws Exception {
    Probe probe =
        at -> {
          throw new IllegalStateException("a defect");
        };
    try (Watch watch = watch(probe, Optional.empty(), PATIENT)) {
      watch.start();
      until(() -> !told.isEmpty());
      assertThat(told.get(0).getStatus()).isEqualTo(HealthStatus.UNKNOWN);
    }
  }

  @Test
  void anObserverThatIsCutOffItselfSaysUnknownNotDown() throws Exception {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }
    try (Watch watch = watch(at -> down(at), Optional.of(nobody), PATIENT)) {
      watch.start();
      until(() -> !told.isEmpty());
      assertThat(told).extracting(HealthEvent::getStatus).containsOnly(HealthStatus.UNKNOWN);
      assertThat(told.get(0).getDetail()).contains("witness");
    }
  }

  @Test
  void aWitnessThatAnswersLeavesWhatIsSeenAsItIs() throws Exception {
    HttpServer witness = witness(404);
    try (Watch watch = watch(at -> down(at), Optional.of(address(witness)), PATIENT)) {
      watch.start();
      until(() -> !told.isEmpty());
      assertThat(told.get(0).getStatus()).isEqualTo(HealthStatus.DOWN);
      assertThat(told.get(0).getBadSince()).isEqualTo(told.get(0).getObservedAt());
    } finally {
      witness.stop(0);
    }
  }

  @Test
  void aWitnessBehindABrokenGatewayIsNotReached() throws Exception {
    HttpServer witness = witness(502);
    try {
      assertThat(new Witness(Optional.of(address(witness)), PATIENT).blind())
          .hasValueSatisfying(why -> assertThat(why).contains("502"));
    } finally {
      witness.stop(0);
    }
    assertThat(new Witness(Optional.empty(), PATIENT).blind()).isEmpty();
  }

  private static HttpServer witness(int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static URI address(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }
}
