package io.arbitex.recovery.executors.notify;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.notify.Delivery;
import io.arbitex.recovery.runtime.notify.Message;
import io.arbitex.recovery.runtime.notify.Post;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Posts the message. A webhook cannot be asked whether it has a message, so the journal remembers
 * it: twice at most after a crash in between, and never not at all.
 */
final class PostMessage extends BoundAction {
  private static final String POSTED = "posted";

  /** The life of a message; the command's own deadline ends it when that is sooner. */
  private static final Duration LIFE = Duration.ofHours(24);

  /** How soon a cancel is seen while an earlier message of the page is waited for. */
  private static final Duration TURN = Duration.ofMillis(500);

  private final Channel channel;
  private final Post post;
  private final PageOrder order;

  PostMessage(Channel channel, Post post, PageOrder order) {
    super(
        "post-message",
        "post the message to " + channel.name(),
        true,
        LIFE,
        // Until the deadline: a receiver that is down for hours must still get it. Each try is kept
        // in the journal, so they must not come too often.
        RetryPolicy.upTo(Integer.MAX_VALUE, Duration.ofMillis(500), Duration.ofMinutes(2)));
    this.channel = channel;
    this.post = post;
    this.order = order;
  }

  @Override
  public Optional<Instant> notBefore(StepCommand command) {
    return order.overtakenBy(command).isPresent() ? Optional.empty() : Told.notBefore(command);
  }

  @Override
  public Look look(ActionContext context) {
    Optional<String> posted = context.fact(POSTED);
    if (posted.isPresent()) {
      // The journal may know it from a process that is gone.
      order.sent(context.command());
      return Look.alreadySo(Map.of(POSTED, posted.get()));
    }
    return order
        .overtakenBy(context.command())
        .<Look>map(later -> Look.alreadySo(Map.of("overtaken-by", later)))
        .orElseGet(() -> Look.notYet("not posted yet"));
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    while (!order.awaitTurn(context.command(), TURN)) {
      if (context.cancelled()) {
        return;
      }
      if (context.remaining().isZero()) {
        throw ActionFailure.permanent(
            FailureCode.DEADLINE,
            "an earlier message of the page was still being tried on " + channel.name(),
            "See why the channel takes no messages, and tell those it was for yourself.");
      }
    }
    Message message = Told.message(context.command());
    if (order.overtakenBy(context.command()).isPresent() || context.cancelled()) {
      return;
    }
    Delivery delivery = post.deliver(channel, message);
    if (delivery instanceof Delivery.Accepted accepted) {
      context.remember(POSTED, accepted.answer());
      return;
    }
    Delivery.Failed failed = (Delivery.Failed) delivery;
    throw new ActionFailure(failed.code(), failed.what(), failed.next(), failed.passing(), null);
  }
}
