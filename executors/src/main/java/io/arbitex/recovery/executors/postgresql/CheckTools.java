package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import java.time.Duration;
import java.util.Map;

/**
 * Preflight: the tools and the audit key are there, so that a restore does not end at its proof.
 */
final class CheckTools extends BoundAction {
  private final DumpSource source;
  private final RestoreTool tool;

  CheckTools(DumpSource source) {
    super(
        "check-tools",
        "check the tools and the audit key",
        false,
        Duration.ofMinutes(1),
        RetryPolicy.upTo(3, Duration.ofSeconds(1), Duration.ofSeconds(5)));
    this.source = source;
    this.tool = new RestoreTool(source.postgresql().tools());
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    source.auditKeyBytes();
    return Look.alreadySo(Map.of(DumpFacts.TOOLS_MAJOR, Integer.toString(tool.major(context))));
  }
}
