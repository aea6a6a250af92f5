package io.arbitex.recovery.lab.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabFolderTest {
  @TempDir Path temporary;

  @Test
  void aFolderWithOtherThingsInItIsLeftAlone() throws IOException {
    Path precious = Files.writeString(temporary.resolve("thesis.txt"), "years of work");
    Files.createDirectory(temporary.resolve("backups"));
    LabFolder folder = new LabFolder(temporary);
    assertThatThrownBy(folder::prepare)
        .isInstanceOf(LabFailure.class)
        .hasMessageContaining("left alone");
    assertThat(precious).exists();
    assertThat(temporary.resolve("backups")).exists();
  }

  @Test
  void nothingOutsideOfTheLabIsDeleted() throws IOException {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    LabFolder folder = new LabFolder(temporary.resolve("lab"));
    folder.prepare();
    for (Path wrong : List.of(outside, folder.root(), folder.root().resolve("../outside"))) {
      assertThatThrownBy(() -> folder.delete(wrong)).isInstanceOf(LabFailure.class);
    }
    assertThat(outside).exists();
    folder.delete(folder.backups());
    assertThat(folder.backups()).doesNotExist();
  }

  @Test
  void aSecretIsReadableByItsOwnerAlone() throws IOException {
    LabFolder folder = new LabFolder(temporary.resolve("lab"));
    folder.prepare();
    Path secret = folder.secret("token", LabFolder.randomSecret());
    assertThat(Files.getPosixFilePermissions(secret)).hasSize(2);
    assertThat(LabFolder.randomSecret()).hasSize(32).isNotEqualTo(LabFolder.randomSecret());
  }

  @Test
  void aProcessIdThatWasGivenAgainIsNotTheLabs() {
    ProcessHandle self = ProcessHandle.current();
    Instant started = self.info().startInstant().orElseThrow();
    assertThat(state(self.pid(), started).isAlive()).isTrue();
    assertThat(state(self.pid(), started.minusSeconds(60)).isAlive()).isFalse();
  }

  private static ProcessState state(long pid, Instant started) {
    return new ProcessState("broker", pid, started.toString(), List.of(), "", 0);
  }
}
