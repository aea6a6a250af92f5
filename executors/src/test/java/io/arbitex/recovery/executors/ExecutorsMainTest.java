package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExecutorsMainTest {
  @TempDir Path folder;

  @Test
  void everyMistakeIsToldAndNothingIsStarted() throws Exception {
    Path config = folder.resolve("executors.yaml");
    Files.writeString(
        config,
        """
        name: executor-1
        kafka:
          bootstrap: 127.0.0.1:1
          partitions: none
        inventory: platform.yaml
        policy: runbook.yaml
        colour: blue
        """);
    ExecutorsMain main = new ExecutorsMain();
    new CommandLine(main).parseArgs("--config", config.toString(), "--only", "postgresql,oracle");
    InvalidConfiguration e =
        catchThrowableOfType(InvalidConfiguration.class, () -> main.start(config));
    assertThat(e)
        .hasMessageContaining(
            "--only: 'oracle' is none of [aks, cutover, notify, postgresql, pvc, redis]")
        .hasMessageContaining("executors.yaml:4: kafka.partitions: is 'none'")
        .hasMessageContaining("executors.yaml:7: colour: is not known here");
  }
}
