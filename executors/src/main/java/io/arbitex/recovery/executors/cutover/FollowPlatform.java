package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.EndpointCheck;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import java.net.URI;
import java.time.Duration;

/** The platform has followed: all of its health endpoints answer 200. */
final class FollowPlatform extends BoundAction {
  private final CutoverSettings settings;
  private final EndpointCheck check = new EndpointCheck(Duration.ofSeconds(5));

  FollowPlatform(CutoverSettings settings) {
    super(
        "follow-platform",
        "wait until the platform is healthy on the target",
        false,
        Duration.ofMinutes(5),
        RetryPolicy.every(Duration.ofMillis(200)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    for (String address : settings.platform().endpoints().health()) {
      CheckResult result = check.health(URI.create(address));
      if (!result.passed()) {
        return Look.notYet(address + ": " + result.measured());
      }
    }
    return Look.alreadySo();
  }
}
