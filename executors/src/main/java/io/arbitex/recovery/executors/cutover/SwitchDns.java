package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.RecordSwitch;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;

/**
 * The DNS record names the target. The platform itself goes by its secret, so a record that cannot
 * be changed, or is somebody else's, is told and keeps nobody from being recovered.
 */
final class SwitchDns extends BoundAction {
  private final CutoverSettings settings;
  private final RecordSwitch record;

  SwitchDns(CutoverSettings settings, RecordSwitch record) {
    super(
        "switch-dns",
        "let the DNS record name the target",
        true,
        Duration.ofMinutes(4),
        RetryPolicy.upTo(3, Duration.ofMillis(500), Duration.ofSeconds(2)));
    this.settings = settings;
    this.record = record;
  }

  /** Goes by the fact alone: the writers are stopped, and a zone that hangs is waited for once. */
  @Override
  public Look look(ActionContext context) {
    return context.fact(CutoverFacts.DNS).isPresent()
        ? Look.alreadySo()
        : Look.notYet("the record was not looked at yet");
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    String from = settings.source(context).door().server().host();
    String to = settings.target(context).door().server().host();
    String told;
    try {
      told = record.change(context, from, to);
    } catch (ActionFailure e) {
      if (e.code() == FailureCode.OWNERSHIP_LOST) {
        throw e;
      }
      told = "the record is left as it is: " + e.getMessage() + " " + e.hint();
    }
    context.progress("DNS: " + told);
    context.remember(CutoverFacts.DNS, told);
  }
}
