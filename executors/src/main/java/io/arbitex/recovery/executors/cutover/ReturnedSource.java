package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;

/**
 * The second look at a source that could not be reached: minutes or a crash may lie between the
 * first look and the switch, and a source that takes writes again must not be cut over from.
 */
final class ReturnedSource {
  private final CutoverSettings settings;
  private final SourceJudge judge;

  ReturnedSource(CutoverSettings settings) {
    this.settings = settings;
    this.judge = new SourceJudge(settings);
  }

  /**
   * Looks again at a source that was unreachable; costs one connect timeout at most while it still
   * is.
   *
   * @return whether it is reachable now
   * @throws ActionFailure as {@link SourceJudge#judge}
   */
  boolean refuseIfSound(ActionContext context) throws ActionFailure, InterruptedException {
    boolean away =
        context
            .fact(CutoverFacts.SOURCE_STATE)
            .filter(CutoverFacts.UNREACHABLE::equals)
            .isPresent();
    return away && !judge.judge(context).unreachable();
  }

  /** The same right before the switch, where one that came back is closed as well. */
  void refuseOrFence(ActionContext context) throws ActionFailure, InterruptedException {
    if (refuseIfSound(context)) {
      settings.closeSource(context);
    }
  }
}
