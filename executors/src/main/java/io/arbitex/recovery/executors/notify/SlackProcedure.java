package io.arbitex.recovery.executors.notify;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.engine.Procedure;
import java.net.http.HttpClient;

/** {@code notify.slack}: see the package. */
public final class SlackProcedure {
  public static final String NAME = "notify.slack";

  private SlackProcedure() {}

  public static Procedure of(Channel channel, HttpClient client) {
    return Procedure.named(NAME).action(new PostMessage(channel, client)).build();
  }
}
