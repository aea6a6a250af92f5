package io.arbitex.recovery.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillSwitchTest {
  @TempDir Path folder;

  @Test
  void anEmptyFileStopsAllAndANamedOneOnlyTheNamed() throws IOException {
    Path file = folder.resolve("stop");
    KillSwitch killSwitch = new KillSwitch(Optional.of(file));
    assertThat(killSwitch.thrownFor("lab")).isEmpty();
    Files.writeString(file, "\n");
    assertThat(killSwitch.thrownFor("lab")).isPresent();
    Files.writeString(file, "other\n");
    assertThat(killSwitch.thrownFor("lab")).isEmpty();
    assertThat(killSwitch.thrownFor("other")).isPresent();
  }

  @Test
  void aFileThatCannotBeReadStopsAll() throws IOException {
    Path file = Files.createDirectory(folder.resolve("stop"));
    assertThat(new KillSwitch(Optional.of(file)).thrownFor("lab")).isPresent();
  }
}
