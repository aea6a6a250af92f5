package io.arbitex.recovery.executors.notify;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.notify.Post;
import java.util.Optional;

/** {@code notify.slack} and {@code notify.pagerduty}: see the package. */
public final class NotifyProcedure {
  public static final String SLACK = "notify.slack";
  public static final String PAGERDUTY = "notify.pagerduty";

  private NotifyProcedure() {}

  /** The kind of channel that a procedure posts to; empty when it tells nobody. */
  public static Optional<Channel.Kind> kind(String procedure) {
    return switch (procedure) {
      case SLACK -> Optional.of(Channel.Kind.SLACK);
      case PAGERDUTY -> Optional.of(Channel.Kind.PAGERDUTY);
      default -> Optional.empty();
    };
  }

  /** The procedure of a command, which takes its place in the order of its page by that. */
  public static Procedure of(StepCommand command, Channel channel, Post post, PageOrder order) {
    order.enter(command);
    return Procedure.named(command.getProcedure())
        .action(new PostMessage(channel, post, order))
        .build();
  }
}
