package io.arbitex.recovery.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillSwitchTest {
  @TempDir Path folder;

  @Test
  void anEmptyFileStopsAllAndANamedOneOnlyTheNamed() throws Exception {
    Path file = folder.resolve("stop");
    KillSwitch killSwitch = KillSwitch.of(file);
    assertThat(killSwitch.thrownFor("lab")).isEmpty();
    Files.writeString(file, "\n");
    assertThat(killSwitch.thrownFor("lab")).isPresent();
    Files.writeString(file, "other\n");
    assertThat(killSwitch.thrownFor("lab")).isEmpty();
    assertThat(killSwitch.thrownFor("other")).isPresent();
  }

  /** Review: {@code stop}, {@code all} and a remark stopped nothing. */
  @Test
  void aLineThatNamesNoPlatformStopsAll() throws Exception {
    Path file = folder.resolve("stop");
    KillSwitch killSwitch = KillSwitch.of(file).knowing(Set.of("lab", "other"));
    for (String typed : new String[] {"stop", "all", "Other", "other # by Jane", "other, lab"}) {
      Files.writeString(file, typed + "\n");
      assertThat(killSwitch.thrownFor("lab").orElse("goes on")).contains("names no platform");
    }
    Files.writeString(file, "other\n");
    assertThat(killSwitch.thrownFor("lab")).isEmpty();
  }

  @Test
  void aFileThatCannotBeReadStopsAll() throws Exception {
    Path file = Files.createDirectory(folder.resolve("stop"));
    assertThat(KillSwitch.of(file).thrownFor("lab")).isPresent();
  }
}
