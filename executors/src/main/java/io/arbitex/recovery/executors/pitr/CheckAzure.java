package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.FlexibleServer;
import io.arbitex.recovery.executors.azure.FlexibleServers;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Preflight: Azure answers, lets us ask, knows the source, has a backup of it, and is not in the
 * middle of changing it: a server that is being updated or restarted comes back by itself.
 */
final class CheckAzure extends BoundAction {
  /** States that Azure itself ends. */
  private static final Set<String> PASSING =
      Set.of("Provisioning", "Starting", "Stopping", "Restarting", "Updating");

  /** States that somebody has to end. */
  private static final Set<String> STOPPED = Set.of("Stopped", "Disabled", "Dropping");

  private final PitrSource source;

  CheckAzure(PitrSource source) {
    super(
        "check-azure",
        "check that Azure knows the source and has a backup of it",
        false,
        Duration.ofMinutes(5),
        RetryPolicy.upTo(30, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Inventory.Server server = source.server(context);
    String name = server.flexibleServer().orElseThrow();
    FlexibleServers servers = source.azure().open(context);
    FlexibleServer found =
        servers
            .find(name)
            .orElseThrow(
                () ->
                    ActionFailure.permanent(
                        FailureCode.NO_RESTORE_POINT,
                        "Azure has no server " + name,
                        "A deleted server can be revived for 5 days: ask for it in the portal."));
    if (PASSING.contains(found.state())) {
      // Not known what comes of it, so no other procedure is tried either (design, section 5).
      throw ActionFailure.passing(
          FailureCode.UNKNOWN,
          "Azure itself is at work on " + name + ": " + found.state(),
          "Wait until Azure is done: it may come back by itself. Then `dr retry`.");
    }
    if (STOPPED.contains(found.state())) {
      throw ActionFailure.permanent(
          FailureCode.UNKNOWN,
          "somebody or Azure has stopped " + name + ": it is " + found.state(),
          "See who stopped it and why; start it, or `dr retry` once it is known to be lost.");
    }
    if (found.earliestRestore().isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.NO_RESTORE_POINT,
          "Azure has no backup of " + name + " yet",
          "See the backups of the server in the portal.");
    }
    return Look.alreadySo(Map.of(PitrFacts.SOURCE_SERVER, name));
  }
}
