package io.arbitex.recovery.detector.endpoints;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.Probe;
import io.arbitex.recovery.detector.network.NoAnswer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks every health address of a platform at once, each by a connection of its own. */
public final class EndpointProbe implements Probe, AutoCloseable {
  private final List<URI> addresses;
  private final Duration timeout;
  private final ExecutorService threads;

  /**
   * @param platform names the threads
   * @param addresses of http or https, at least one
   * @param timeout for each answer as a whole
   * @throws IllegalArgumentException for what is no address
   */
  public EndpointProbe(String platform, List<String> addresses, Duration timeout) {
    this.addresses = addresses.stream().map(URI::create).toList();
    this.timeout = timeout;
    this.threads =
        Executors.newFixedThreadPool(
            addresses.size(),
            work -> {
              Thread thread = new Thread(work, "health-of-" + platform);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public Observation look(Instant at) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    List<OneRequest> requests =
        addresses.stream().map(address -> new OneRequest(address, timeout)).toList();
    try {
      List<Future<EndpointAnswer>> running =
          requests.stream().map(request -> threads.submit(request)).toList();
      List<EndpointAnswer> answers = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        answers.add(await(requests.get(i), running.get(i), end));
      }
      return EndpointJudge.judge(answers, at);
    } finally {
      requests.forEach(OneRequest::callOff);
    }
  }

  private EndpointAnswer await(OneRequest request, Future<EndpointAnswer> running, long end)
      throws InterruptedException {
    try {
      return running.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      running.cancel(true);
      NoAnswer.Kind late = NoAnswer.Kind.TOO_LATE;
      return EndpointAnswer.none(
          request.address(), new NoAnswer(late, late.words() + " (" + timeout.toMillis() + " ms)"));
    } catch (ExecutionException e) {
      return EndpointAnswer.none(request.address(), NoAnswer.of(e.getCause()));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
