package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.RecordSwitch;
import java.time.Duration;

/** Clean-up: the DNS record names what it named before, if what it names is of this incident. */
final class PutBackDns extends BoundAction {
  private final CutoverSettings settings;
  private final RecordSwitch record;

  PutBackDns(CutoverSettings settings, RecordSwitch record) {
    super(
        "put-back-dns",
        "let the DNS record name the source again",
        true,
        Duration.ofMinutes(2),
        RetryPolicy.upTo(5, Duration.ofMillis(500), Duration.ofSeconds(10)));
    this.settings = settings;
    this.record = record;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    // Before the switch of the secret the record is not looked at, let alone changed.
    return context.fact(CutoverFacts.SWITCH_BEGUN).isPresent()
            && !settings.sameServer(context)
            && record.isSwitched(context, settings.target(context).door().server().host())
        ? Look.notYet("the record names the target")
        : Look.alreadySo();
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    // Whoever writes to the target by the secret is found there by name too.
    settings.refuseIfSwitched(context);
    record.putBack(context, settings.target(context).door().server().host());
  }
}
