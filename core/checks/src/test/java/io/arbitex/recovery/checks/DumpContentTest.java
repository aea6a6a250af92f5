package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpContentTest {
  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    Files.writeString(folder.resolve("toc.dat"), "contents");
    Files.writeString(folder.resolve("3341.dat"), "rows");
  }

  @Test
  void theChecksumOfAFolderIsWhatACommandLineGives() throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "LC_ALL=C sha256sum * | sha256sum")
            .directory(folder.toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(DumpContent.sha256(folder)).isEqualTo(said.substring(0, 64));
    assertThat(DumpContent.size(folder)).isEqualTo(12);
  }

  @Test
  void anyChangeOfAFolderIsSeen() throws Exception {
    String before = DumpContent.sha256(folder);
    Files.move(folder.resolve("3341.dat"), folder.resolve("3342.dat"));
    assertThat(DumpContent.sha256(folder)).as("renamed").isNotEqualTo(before);
    Files.move(folder.resolve("3342.dat"), folder.resolve("3341.dat"));
    assertThat(DumpContent.sha256(folder)).isEqualTo(before);
    Files.writeString(folder.resolve("3341.dat"), "rowz");
    assertThat(DumpContent.sha256(folder)).as("changed").isNotEqualTo(before);
    Files.delete(folder.resolve("3341.dat"));
    assertThat(DumpContent.sha256(folder)).as("missing").isNotEqualTo(before);
  }

  @Test
  void whatIsNoDumpIsSaid() throws Exception {
    Files.createDirectory(folder.resolve("inner"));
    assertThatThrownBy(() -> DumpContent.size(folder)).hasMessageContaining("is no file");
    assertThatThrownBy(() -> DumpContent.sha256(folder.resolve("absent")))
        .isInstanceOf(IOException.class);
  }
}
