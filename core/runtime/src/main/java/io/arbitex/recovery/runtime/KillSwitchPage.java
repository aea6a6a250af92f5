package io.arbitex.recovery.runtime;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A page: {@code run} lets everything go on, {@code stop} stops all platforms, and lines of {@code
 * stop PLATFORM} stop those. It must say so in words: where a missing file is no switch, a missing
 * page, the login page of a proxy or no answer in three tries of two seconds mean that nobody
 * knows, and so it holds for all.
 */
final class KillSwitchPage implements KillSwitch {
  /** Of one try. */
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** A restore of an hour asks a thousand times; one answer that is lost must not end it. */
  private static final int TRIES = 3;

  private static final long PAUSE_MILLIS = 200;
  private static final Logger log = LoggerFactory.getLogger(KillSwitchPage.class);
  private static final String RUN = "run";
  private static final String STOP = "stop";

  private final URI page;
  private final Optional<Set<String>> platforms;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();

  /**
   * @param platforms what a line may name; empty for any word
   */
  KillSwitchPage(URI page, Optional<Set<String>> platforms) {
    this.page = page;
    this.platforms = platforms;
  }

  @Override
  public KillSwitch knowing(Set<String> known) {
    return new KillSwitchPage(page, Optional.of(Set.copyOf(known)));
  }

  @Override
  public Optional<String> thrownFor(String platform) throws InterruptedException {
    List<String> lines;
    try {
      lines = patiently();
    } catch (IOException e) {
      return Optional.of(
          "the kill switch "
              + name()
              + " cannot be read, so nothing is changed: "
              + e.getMessage()
              + "; see to it, or take it out of the configuration");
    }
    if (lines.equals(List.of(RUN))) {
      return Optional.empty();
    }
    if (lines.isEmpty() || !lines.stream().allMatch(this::stops)) {
      return Optional.of(
          "the kill switch "
              + name()
              + " says neither '"
              + RUN
              + "' nor '"
              + STOP
              + "', alone or with a platform, so nothing is changed");
    }
    return lines.contains(STOP) || lines.contains(STOP + " " + platform)
        ? Optional.of("the kill switch " + name() + " is thrown; let it say '" + RUN + "' to go on")
        : Optional.empty();
  }

  private boolean stops(String line) {
    if (!line.startsWith(STOP + " ")) {
      return line.equals(STOP);
    }
    String named = line.substring(STOP.length() + 1);
    return platforms.map(known -> known.contains(named)).orElse(true);
  }

  /** Without the query, where a token may stand. */
  private String name() {
    return page.getScheme() + "://" + page.getRawAuthority() + page.getRawPath();
  }

  private List<String> patiently() throws IOException, InterruptedException {
    for (int left = TRIES - 1; left > 0; left--) {
      try {
        return lines();
      } catch (IOException e) {
        log.warn("the kill switch {} is asked again: {}", name(), e.getMessage());
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
    return lines();
  }

  private List<String> lines() throws IOException, InterruptedException {
    // The request's own time limit ends with the head of the answer; this one holds for all of it.
    CompletableFuture<HttpResponse<byte[]>> running =
        client.sendAsync(
            // Whoever stands between must not answer with what it said before.
            HttpRequest.newBuilder(page).header("Cache-Control", "no-cache").GET().build(),
            HttpResponse.BodyHandlers.ofByteArray());
    try {
      HttpResponse<byte[]> answer = running.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() != 200) {
        throw new IOException("it answers " + answer.statusCode());
      }
      return new String(answer.body(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + LIMIT.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().toString(), e.getCause());
    } finally {
      running.cancel(true);
    }
  }
}
