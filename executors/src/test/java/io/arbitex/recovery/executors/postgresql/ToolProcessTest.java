package io.arbitex.recovery.executors.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ToolProcessTest {
  @Test
  void aWatchThatSaysStopEndsTheTool() {
    ActionContext context =
        (ActionContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ActionContext.class},
                (proxy, method, arguments) -> false);
    String marker = "4711.4711";
    ActionFailure failure =
        catchThrowableOfType(
            ActionFailure.class,
            () ->
                ToolProcess.run(
                    context,
                    new ToolProcess.Run(List.of("/bin/sleep", marker), Map.of(), Optional.empty()),
                    Duration.ofSeconds(60),
                    bytes -> {
                      throw ActionFailure.permanent(FailureCode.KILL_SWITCH, "thrown", "Wait");
                    }));
    assertThat(failure.code()).isEqualTo(FailureCode.KILL_SWITCH);
    assertThat(ProcessHandle.current().descendants())
        .noneMatch(child -> child.info().commandLine().orElse("").contains(marker));
  }
}
