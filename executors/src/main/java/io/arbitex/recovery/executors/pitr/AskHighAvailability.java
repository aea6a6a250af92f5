package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.FlexibleServer;
import io.arbitex.recovery.executors.azure.FlexibleServers;
import io.arbitex.recovery.executors.database.RestoreFacts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A restored server is alone. The standby is asked for, and not waited for: Azure makes it while
 * the server is in use, which may take longer than the whole recovery.
 */
final class AskHighAvailability extends BoundAction {
  private static final String NONE = "Disabled";

  private final PitrSource source;

  AskHighAvailability(PitrSource source) {
    super(
        "ask-high-availability",
        "ask Azure for the standby that the source had",
        true,
        Duration.ofMinutes(5),
        RetryPolicy.upTo(10, Duration.ofSeconds(1), Duration.ofSeconds(15)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    FlexibleServers servers = source.azure().open(context);
    String wanted = mode(servers, context.required(PitrFacts.SOURCE_SERVER));
    Optional<FlexibleServer> target = servers.find(context.required(RestoreFacts.SERVER));
    boolean asked = context.fact(PitrFacts.HIGH_AVAILABILITY).filter(wanted::equals).isPresent();
    boolean so =
        wanted.equals(NONE)
            || asked
            || target.filter(found -> found.highAvailability().equals(wanted)).isPresent();
    return so
        ? Look.alreadySo(Map.of(PitrFacts.HIGH_AVAILABILITY, wanted))
        : Look.notYet("the source had the high availability " + wanted + ", the new one has none");
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FlexibleServers servers = source.azure().open(context);
    String wanted = mode(servers, context.required(PitrFacts.SOURCE_SERVER));
    try {
      servers.beginHighAvailability(context.required(RestoreFacts.SERVER), wanted);
    } catch (ActionFailure e) {
      if (e.retryable()) {
        throw e;
      }
      // A proven server without a standby is better than none.
      context.progress("no standby yet, ask for it by hand: " + e.getMessage());
    }
    context.remember(PitrFacts.HIGH_AVAILABILITY, wanted);
  }

  private static String mode(FlexibleServers servers, String server)
      throws ActionFailure, InterruptedException {
    return servers.find(server).map(FlexibleServer::highAvailability).orElse(NONE);
  }
}
