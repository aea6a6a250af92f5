package io.arbitex.recovery.executors.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ToolProcessTest {
  private static final String FAILS = "echo 'psql: error: disk full' >&2; exec 0<&-; exit 3";

  private static ActionContext neverCancelled() {
    return (ActionContext)
        Proxy.newProxyInstance(
            ToolProcessTest.class.getClassLoader(),
            new Class<?>[] {ActionContext.class},
            (proxy, method, arguments) -> false);
  }

  /** A dump that nobody has ever read to its end. */
  private record Endless(boolean hangs) implements ToolProcess.Source {
    @Override
    public void writeTo(ToolProcess.Sink tool) throws IOException {
      byte[] bytes = new byte[1_024];
      while (true) {
        tool.write(bytes, 0, bytes.length);
        if (hangs) {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        }
      }
    }

    @Override
    public long read() {
      return 0;
    }

    @Override
    public String name() {
      return "endless";
    }
  }

  private static ToolProcess.Run shell(String script, ToolProcess.Source input) {
    return new ToolProcess.Run(List.of("/bin/sh", "-c", script), Map.of(), Optional.of(input));
  }

  @Test
  void aWatchThatSaysStopEndsTheTool() {
    String marker = "4711.4711";
    ActionFailure failure =
        catchThrowableOfType(
            ActionFailure.class,
            () ->
                ToolProcess.run(
                    neverCancelled(),
                    new ToolProcess.Run(List.of("/bin/sleep", marker), Map.of(), Optional.empty()),
                    Duration.ofSeconds(60),
                    bytes -> {
                      throw ActionFailure.permanent(FailureCode.KILL_SWITCH, "thrown", "Wait");
                    }));
    assertThat(failure.code()).isEqualTo(FailureCode.KILL_SWITCH);
    assertThat(ProcessHandle.current().descendants())
        .noneMatch(child -> child.info().commandLine().orElse("").contains(marker));
  }

  /** A disk that is full after a minute must not be told hours later, at the end of the dump. */
  @Test
  void aToolThatFailsIsToldAtOnceAndTheRestOfTheDumpIsNotRead() throws Exception {
    ToolProcess.Result result =
        ToolProcess.run(
            neverCancelled(),
            shell(FAILS, new Endless(false)),
            Duration.ofSeconds(50),
            bytes -> {});
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.why()).isEqualTo("psql: error: disk full");
  }

  @Test
  void aToolThatFailsIsToldThoughTheShareOfTheDumpHangs() throws Exception {
    ToolProcess.Result result =
        ToolProcess.run(
            neverCancelled(), shell(FAILS, new Endless(true)), Duration.ofSeconds(50), bytes -> {});
    assertThat(result.why()).isEqualTo("psql: error: disk full");
  }

  @Test
  void theKillSwitchIsAskedWhileTheRestOfTheDumpIsRead() {
    long started = System.nanoTime();
    ActionFailure failure =
        catchThrowableOfType(
            ActionFailure.class,
            () ->
                ToolProcess.run(
                    neverCancelled(),
                    shell("exit 0", new Endless(true)),
                    Duration.ofSeconds(50),
                    bytes -> {
                      if (System.nanoTime() - started > Duration.ofSeconds(1).toNanos()) {
                        throw ActionFailure.permanent(FailureCode.KILL_SWITCH, "thrown", "Wait");
                      }
                    }));
    assertThat(failure.code()).isEqualTo(FailureCode.KILL_SWITCH);
  }

  @Test
  void theLimitHoldsWhileTheRestOfTheDumpIsRead() {
    assertThat(
            catchThrowableOfType(
                ToolProcess.TimedOut.class,
                () ->
                    ToolProcess.run(
                        neverCancelled(),
                        shell("exit 0", new Endless(false)),
                        Duration.ofSeconds(1),
                        bytes -> {})))
        .isNotNull();
  }
}
