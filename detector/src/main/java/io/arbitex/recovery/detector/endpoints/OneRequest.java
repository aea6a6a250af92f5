package io.arbitex.recovery.detector.endpoints;

import io.arbitex.recovery.detector.network.NoAnswer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * One GET over a connection of its own, which is closed after it. By {@link HttpURLConnection}, for
 * Java 17's HttpClient keeps connections and can neither be told not to nor be closed: behind a
 * balancer a kept connection leads to the same pod each time, and never to the one that died.
 *
 * <p>The body is not read: the status says it all, and nothing bounds what an unknown server sends.
 */
final class OneRequest implements Callable<EndpointAnswer> {
  private final URI address;
  private final Duration timeout;
  private HttpURLConnection connection;
  private boolean calledOff;

  /**
   * @param address of http or https
   * @param timeout for the connection, and again between two bytes of the answer
   */
  OneRequest(URI address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
  }

  String address() {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    String path = address.getPath() == null ? "" : address.getPath();
    return address.getScheme() + "://" + address.getHost() + port + path;
  }

  @Override
  public EndpointAnswer call() {
    try {
      HttpURLConnection opened = open();
      try {
        int status = opened.getResponseCode();
        return status < 0
            ? EndpointAnswer.none(
                address(), new NoAnswer(NoAnswer.Kind.UNCLEAR, "it answers, but not in HTTP"))
            : EndpointAnswer.of(address(), status);
      } finally {
        opened.disconnect();
      }
    } catch (IOException | RuntimeException e) {
      return EndpointAnswer.none(address(), NoAnswer.of(e));
    }
  }

  private synchronized HttpURLConnection open() throws IOException {
    if (calledOff) {
      throw new IOException("called off before it began");
    }
    connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setConnectTimeout((int) timeout.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Connection", "close");
    return connection;
  }

  /** Closes the connection under a request that takes too long, so that its thread is free. */
  synchronized void callOff() {
    calledOff = true;
    if (connection != null) {
      connection.disconnect();
    }
  }
}
