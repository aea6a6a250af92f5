package io.arbitex.recovery.lab.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host that a name stands for now, as customers' resolvers see it. While nobody can be asked,
 * the last answer counts; an answer that there is no such name is one.
 */
final class ResolvedTarget implements PathTarget {
  private static final Logger log = LoggerFactory.getLogger(ResolvedTarget.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int NO_SUCH_NAME = 404;

  private final URI question;
  private final String name;
  private final int port;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private volatile String last = "";

  /**
   * @param names what is put before the name to ask for it; answers with {@code addresses}
   */
  ResolvedTarget(URI names, String name, int port) {
    if (names == null) {
      throw new IllegalArgumentException("a path to a name needs --names");
    }
    this.question = URI.create(names + name + "?view=public");
    this.name = name;
    this.port = port;
  }

  @Override
  public InetSocketAddress address() throws IOException, InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(question).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == NO_SUCH_NAME) {
        last = "";
      } else if (answer.statusCode() == 200) {
        JsonNode addresses = JSON.readTree(answer.body()).path("addresses");
        last = addresses.path(0).asText("");
      } else {
        log.warn("{} answered {}", question, answer.statusCode());
      }
    } catch (IOException e) {
      log.debug("{} does not answer", question, e);
    }
    if (last.isEmpty()) {
      throw new IOException(name + " has no address");
    }
    return new InetSocketAddress(last, port);
  }

  @Override
  public String toString() {
    return name + ":" + port;
  }
}
