package io.arbitex.recovery.runtime.notify;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Posts messages to channels. A channel's secret is read for each message and stands in no result:
 * neither the address of a webhook nor a routing key is told, whatever the service answers.
 */
public final class Post {
  /** The services answer within a second; what takes this long is tried again. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final HttpClient client;
  private final Duration limit;

  public Post() {
    this(ANSWER);
  }

  /**
   * @param limit for the whole answer, from the first byte sent to the last byte read
   */
  public Post(Duration limit) {
    this.limit = limit;
    // Each message its own connection: one that hangs must not hold another up.
    this.client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(limit).build();
  }

  /** Posts once. */
  public Delivery deliver(Channel channel, Message message) throws InterruptedException {
    String secret;
    try {
      secret = channel.secret().resolve();
    } catch (IOException e) {
      return new Delivery.Failed(
          FailureCode.AUTHENTICATION,
          "the secret of channel " + channel.name() + " cannot be read: " + e,
          "Put the secret back to where the channel's configuration points.",
          true);
    }
    HttpRequest request;
    try {
      request =
          HttpRequest.newBuilder(address(channel, secret))
              .header("Content-Type", "application/json; charset=utf-8")
              .POST(HttpRequest.BodyPublishers.ofString(body(channel, message, secret)))
              .build();
    } catch (IllegalArgumentException e) {
      // Without the cause: its message would hold the address, which is a secret.
      return new Delivery.Failed(
          FailureCode.AUTHENTICATION,
          "the secret of channel " + channel.name() + " is no URL",
          "Put the webhook's URL where the channel's url points.",
          false);
    }
    if (secret.isEmpty()) {
      return new Delivery.Failed(
          FailureCode.AUTHENTICATION,
          "the secret of channel " + channel.name() + " is empty",
          "Put the routing key where the channel's routingKey points.",
          false);
    }
    return send(channel, request, secret);
  }

  private static URI address(Channel channel, String secret) {
    return switch (channel.kind()) {
      case SLACK -> URI.create(secret);
      case PAGERDUTY -> channel.endpoint().orElseThrow(IllegalArgumentException::new);
    };
  }

  private static String body(Channel channel, Message message, String secret) {
    return switch (channel.kind()) {
      case SLACK -> SlackBody.of(message);
      case PAGERDUTY -> PagerDutyEvent.of(message, secret);
    };
  }

  private Delivery send(Channel channel, HttpRequest request, String secret)
      throws InterruptedException {
    // The client's own timeout ends with the headers; a body that never comes would hang for ever.
    CompletableFuture<HttpResponse<String>> running =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    try {
      HttpResponse<String> response = running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return Answer.of(channel, response.statusCode(), response.body(), secret);
    } catch (TimeoutException e) {
      return unreachable(channel, "no answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      // The class alone where the text could hold part of the address.
      String text = String.valueOf(e.getCause());
      return unreachable(
          channel, Answer.tells(text, secret) ? e.getCause().getClass().getSimpleName() : text);
    } finally {
      running.cancel(true);
    }
  }

  private static Delivery unreachable(Channel channel, String why) {
    return new Delivery.Failed(
        FailureCode.TARGET_UNREACHABLE,
        "channel " + channel.name() + " does not answer: " + why,
        "See whether the service of the channel can be reached from here.",
        true);
  }
}
