package io.arbitex.recovery.lab.azure.disks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreezeTest {
  @TempDir private Path temporary;
  private Path folder;
  private Path note;
  private Process writer;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createDirectory(temporary.resolve("disk")).toRealPath();
    note = temporary.resolve("note.json");
    writer =
        new ProcessBuilder("sh", "-c", "exec 3>held; exec sleep 60")
            .directory(folder.toFile())
            .start();
    while (!Writers.below(folder).contains(writer.pid())) {
      Thread.onSpinWait();
    }
  }

  @AfterEach
  void end() throws Exception {
    writer.destroyForcibly();
    writer.waitFor(10, TimeUnit.SECONDS);
  }

  private boolean isStopped() {
    return Writers.Life.of(writer.pid()).orElseThrow().isStopped();
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("sh", "-c", "kill -" + name + " " + writer.pid()).start().waitFor();
    while (isStopped() != name.equals("STOP")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aWriterIsStoppedForAsLongAsItTakes() throws Exception {
    new Freeze(note)
        .during(
            folder,
            () -> {
              assertThat(isStopped()).isTrue();
              assertThat(note).content().contains(Long.toString(writer.pid()));
            });
    assertThat(isStopped()).isFalse();
    assertThat(note).doesNotExist();
  }

  @Test
  void whoWasLeftStoppedByAKillGoesOnAtTheNextStart() throws Exception {
    String start = Writers.Life.of(writer.pid()).orElseThrow().start();
    signal("STOP");
    Files.writeString(note, "{\"" + writer.pid() + "\":\"" + start + "\"}");

    new Freeze(note).thaw();

    assertThat(isStopped()).isFalse();
    assertThat(note).doesNotExist();
  }

  @Test
  void whoWasStoppedBySomebodyElseStaysStopped() throws Exception {
    signal("STOP");
    new Freeze(note).during(folder, () -> {});
    assertThat(isStopped()).isTrue();
  }
}
