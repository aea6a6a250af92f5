package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import java.time.Duration;
import java.util.Map;

/**
 * Preflight: the source is not sound again. If it answers, reads, takes a write and its whole audit
 * chain holds and contains the restore point, then it is the better database, and nothing is cut
 * over. A source that lives but is not sound, or cannot be judged (wrong password, full, starting),
 * is not guessed about: a person must look. See {@link SourceJudge}.
 */
final class RecheckSource extends BoundAction {
  private final SourceJudge judge;

  RecheckSource(CutoverSettings settings) {
    super(
        "recheck-source",
        "look at the source once more",
        false,
        Duration.ofMinutes(10),
        RetryPolicy.upTo(10, Duration.ofSeconds(1), Duration.ofSeconds(3)));
    this.judge = new SourceJudge(settings);
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (CutoverSettings.alreadyCutOver(context)) {
      return Look.alreadySo();
    }
    SourceJudge.Found found = judge.judge(context);
    return Look.alreadySo(
        Map.of(
            CutoverFacts.SOURCE_STATE, found.state(), CutoverFacts.SOURCE_DETAIL, found.detail()));
  }
}
