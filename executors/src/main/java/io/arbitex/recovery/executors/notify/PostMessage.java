package io.arbitex.recovery.executors.notify;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * Posts the message. A webhook cannot be asked whether it has a message, so the journal remembers
 * it: twice at most after a crash in between, and never not at all.
 */
final class PostMessage extends BoundAction {
  private static final String POSTED = "posted";
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Channel channel;
  private final HttpClient client;

  PostMessage(Channel channel, HttpClient client) {
    super(
        "post-message",
        "post the message to " + channel.name(),
        true,
        Duration.ofMinutes(10),
        RetryPolicy.upTo(12, Duration.ofMillis(500), Duration.ofSeconds(60)));
    this.channel = channel;
    this.client = client;
  }

  @Override
  public Look look(ActionContext context) {
    return context
        .fact(POSTED)
        .<Look>map(answer -> Look.alreadySo(Map.of(POSTED, answer)))
        .orElseGet(() -> Look.notYet("not posted yet"));
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address())
            .timeout(ANSWER)
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(SlackMessage.of(context)))
            .build();
    HttpResponse<String> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.TARGET_UNREACHABLE,
          "channel " + channel.name() + " does not answer: " + e,
          "See whether the webhook's host can be reached from the executor.",
          true,
          e);
    }
    int status = response.statusCode();
    if (status / 100 == 2) {
      context.remember(POSTED, "status " + status);
      return;
    }
    // 429 and 5xx may pass (Slack: rate limits); any other says that the message or URL is wrong.
    throw new ActionFailure(
        status == 401 || status == 403 ? FailureCode.AUTHENTICATION : FailureCode.TOOL_FAILED,
        "channel " + channel.name() + " answered " + status,
        "See whether the webhook's URL in the channel's secret is still valid.",
        status == 429 || status >= 500,
        null);
  }

  private URI address() throws ActionFailure {
    try {
      return URI.create(channel.secret().resolve());
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.AUTHENTICATION,
          "the URL of channel " + channel.name() + " cannot be read: " + e,
          "Put the secret back to where the channel's url in the policy points.",
          true,
          e);
    } catch (IllegalArgumentException e) {
      // Without the cause: its message would hold the URL, which is a secret.
      throw ActionFailure.permanent(
          FailureCode.AUTHENTICATION,
          "the secret of channel " + channel.name() + " is no URL",
          "Put the webhook's URL where the channel's url in the policy points.");
    }
  }
}
